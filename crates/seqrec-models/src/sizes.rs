use seqrec_core::CoreError;

/// Checks that every named size is positive.
///
/// # Errors
///
/// [`CoreError::InvalidConfig`] naming the first that is 0.
pub(crate) fn positive(sizes: &[(&'static str, usize)]) -> Result<(), CoreError> {
    match sizes.iter().find(|(_, size)| *size == 0) {
        Some(&(field, _)) => {
            Err(CoreError::InvalidConfig { field, rule: "must be positive", value: "0".into() })
        }
        None => Ok(()),
    }
}
