//! The one place that turns a name into a device.

use std::{fmt, str::FromStr};

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::{CoreError, Result};

/// Where tensors live and operations run.
///
/// Each backend is a cargo feature of the same name; `flex` is on by default. On the CPU
/// backends a seed fixes every bit of a run. On `wgpu` results are promised only within a tolerance: drivers
/// may reorder sums, and the backward pass of `gather` adds atomically.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// burn's own pure Rust CPU backend.
    Flex,
    /// The older ndarray CPU backend.
    Ndarray,
    /// Any GPU that wgpu reaches: Vulkan, Metal, DX12 (shaders in WGSL).
    Wgpu,
}

impl Backend {
    /// Every backend that seqrec knows, compiled in or not.
    pub const ALL: [Backend; 3] = [Backend::Flex, Backend::Ndarray, Backend::Wgpu];

    /// The backends compiled into this binary, the default one first.
    pub fn compiled() -> Vec<Backend> {
        Self::ALL.into_iter().filter(|b| b.is_compiled()).collect()
    }

    /// Whether this backend is compiled into this binary.
    pub fn is_compiled(self) -> bool {
        match self {
            Backend::Flex => cfg!(feature = "flex"),
            Backend::Ndarray => cfg!(feature = "ndarray"),
            Backend::Wgpu => cfg!(feature = "wgpu"),
        }
    }

    /// The name on the command line and of the cargo feature.
    pub fn name(self) -> &'static str {
        match self {
            Backend::Flex => "flex",
            Backend::Ndarray => "ndarray",
            Backend::Wgpu => "wgpu",
        }
    }

    /// Whether one seed gives the same bits on every run.
    pub fn is_deterministic(self) -> bool {
        !matches!(self, Backend::Wgpu)
    }

    /// Name of the graphics adapter in use; `None` on the CPU backends.
    pub fn adapter(self) -> Option<String> {
        match self {
            #[cfg(feature = "wgpu")]
            Backend::Wgpu => wgpu().as_ref().ok().map(|(_, adapter)| adapter.clone()),
            _ => None,
        }
    }

    /// Opens the backend's default device, without autodiff.
    ///
    /// # Errors
    ///
    /// [`CoreError::BackendNotCompiled`] where the cargo feature is off and
    /// [`CoreError::NoDevice`] where the machine has no adapter for it.
    pub fn device(self) -> Result<Device> {
        match self {
            #[cfg(feature = "flex")]
            Backend::Flex => Ok(Device::flex()),
            #[cfg(feature = "ndarray")]
            #[allow(deprecated, reason = "asked for by users; kept while burn compiles it")]
            Backend::Ndarray => Ok(Device::ndarray()),
            #[cfg(feature = "wgpu")]
            Backend::Wgpu => match wgpu() {
                Ok((device, _)) => Ok(device.clone()),
                Err(reason) => Err(CoreError::NoDevice { backend: self, reason: reason.clone() }),
            },
            #[allow(unreachable_patterns, reason = "reachable unless all features are on")]
            backend => Err(CoreError::BackendNotCompiled {
                backend,
                compiled: Self::compiled().iter().map(|b| b.name()).collect::<Vec<_>>().join(", "),
            }),
        }
    }
}

/// Whether tensors of `device` are slices in host memory that our own operations may read.
pub(crate) fn is_host(device: &Device) -> bool {
    #[cfg(feature = "flex")]
    return device.clone().inner() == Device::flex();
    #[cfg(not(feature = "flex"))]
    {
        let _ = device;
        false
    }
}

/// The device that wgpu prefers, with the adapter's name; initialized once for the process.
#[cfg(feature = "wgpu")]
fn wgpu() -> &'static std::result::Result<(Device, String), String> {
    use std::sync::OnceLock;
    static WGPU: OnceLock<std::result::Result<(Device, String), String>> = OnceLock::new();
    WGPU.get_or_init(|| {
        let (device, setup) = Device::wgpu_options().init_with_setup().map_err(|error| error.to_string())?;
        let info = setup.adapter.get_info();
        Ok((device, format!("{} ({}, {})", info.name, info.backend, info.driver_info)))
    })
}

impl Default for Backend {
    /// The first compiled backend, `flex` unless it was switched off.
    fn default() -> Self {
        Self::compiled().first().copied().unwrap_or(Backend::Flex)
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Backend {
    type Err = CoreError;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|backend| backend.name() == name)
            .ok_or_else(|| CoreError::UnknownBackend { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for backend in Backend::ALL {
            assert_eq!(backend.name().parse::<Backend>().unwrap(), backend);
        }
        let error = "cuda9".parse::<Backend>().unwrap_err().to_string();
        assert!(error.contains("cuda9") && error.contains("wgpu"), "{error}");
    }

    #[test]
    fn a_backend_left_out_of_the_build_says_which_feature_brings_it() {
        for backend in Backend::ALL.into_iter().filter(|b| !b.is_compiled()) {
            let error = backend.device().unwrap_err().to_string();
            assert!(error.contains(&format!("--features {backend}")), "{error}");
        }
    }
}
