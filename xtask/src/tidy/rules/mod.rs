//! The rules, one a file.

pub(super) mod backends;
pub(super) mod data_frames;
pub(super) mod dataset_files;
pub(super) mod dataset_manifests;
pub(super) mod file_length;
pub(super) mod furniture;
pub(super) mod layers;
pub(super) mod machine_paths;
pub(super) mod quiet;
pub(super) mod randomness;
pub(super) mod reach;
pub(super) mod recipes;
pub(super) mod unfinished;
pub(super) mod unsafe_code;
