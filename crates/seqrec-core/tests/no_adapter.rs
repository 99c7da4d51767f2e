//! What happens on a machine without a graphics adapter.
#![cfg(feature = "wgpu")]

use std::process::Command;

use seqrec_core::{Backend, CoreError};

const CHILD: &str = "SEQREC_TEST_WITHOUT_ADAPTER";

/// Drivers are looked up once per process, so a child process gets an environment without any.
#[test]
fn no_adapter_is_a_clear_error() {
    if std::env::var_os(CHILD).is_some() {
        let error = Backend::Wgpu.device().expect_err("there is no driver to be found");
        assert!(matches!(error, CoreError::NoDevice { .. }), "{error}");
        assert!(error.to_string().contains("backend `wgpu` found no usable device"), "{error}");
        return;
    }
    let nowhere = std::env::temp_dir().join("seqrec-no-driver-here.json");
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "no_adapter_is_a_clear_error"])
        .env(CHILD, "1")
        .env("VK_DRIVER_FILES", &nowhere)
        .env("VK_ICD_FILENAMES", &nowhere)
        .env("__EGL_VENDOR_LIBRARY_FILENAMES", &nowhere)
        .status()
        .unwrap();
    assert!(status.success());
}
