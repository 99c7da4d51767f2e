//! How the network is used: time limits, retries, proxy, trusted certificates.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ureq::tls::{PemItem, RootCerts, TlsConfig};

use super::error::FetchError;

/// Limits and settings of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    /// Longest wait for name resolution, and again for a connection. Default 10 s.
    pub connect_timeout: Duration,
    /// Longest silence of a connected server. Default 20 s.
    pub stall_timeout: Duration,
    /// Failed attempts in a row, counted from the last one that brought new bytes, after which a
    /// download is given up. Default 4.
    pub attempts: u32,
    /// Wait before the first retry, doubled with each further one up to 30 s. Default 500 ms.
    pub backoff: Duration,
    /// Use the proxy named by `ALL_PROXY`, `HTTPS_PROXY` or `HTTP_PROXY`, except for the hosts of
    /// `NO_PROXY`. Default true.
    pub env_proxy: bool,
    /// PEM file of trusted certificates, in place of the built-in Mozilla roots. Default none.
    pub certificates: Option<PathBuf>,
}

impl Default for Network {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            stall_timeout: Duration::from_secs(20),
            attempts: 4,
            backoff: Duration::from_millis(500),
            env_proxy: true,
            certificates: None,
        }
    }
}

impl Network {
    /// The defaults, with the certificates that the variable `SSL_CERT_FILE` names.
    pub fn from_env() -> Self {
        Self {
            certificates: std::env::var_os("SSL_CERT_FILE")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from),
            ..Self::default()
        }
    }

    /// The HTTP client for one address.
    ///
    /// # Errors
    ///
    /// [`FetchError::Certificates`] or [`FetchError::Io`] when the certificates cannot be used.
    pub(super) fn agent(&self, url: &str) -> Result<ureq::Agent, FetchError> {
        let roots = match &self.certificates {
            Some(path) => RootCerts::new_with_certs(&read_certificates(path)?),
            None => RootCerts::WebPki,
        };
        let config = ureq::Agent::config_builder()
            // A secure address must not be redirected to a plain one.
            .https_only(url.starts_with("https://"))
            .http_status_as_error(false)
            .proxy(self.env_proxy.then(ureq::Proxy::try_from_env).flatten())
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .user_agent(concat!("seqrec/", env!("CARGO_PKG_VERSION")))
            // Byte ranges and lengths only make sense for the unencoded file.
            .accept_encoding("identity")
            .timeout_resolve(Some(self.connect_timeout))
            .timeout_connect(Some(self.connect_timeout))
            .timeout_send_request(Some(self.stall_timeout))
            .timeout_recv_response(Some(self.stall_timeout))
            .timeout_per_read(Some(self.stall_timeout))
            .build();
        Ok(config.new_agent())
    }
}

fn read_certificates(path: &Path) -> Result<Vec<ureq::tls::Certificate<'static>>, FetchError> {
    let unusable = |reason: String| FetchError::Certificates { path: path.to_owned(), reason };
    let pem = std::fs::read(path).map_err(FetchError::io("read", path))?;
    let mut certificates = Vec::new();
    for item in ureq::tls::parse_pem(&pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(unusable(error.to_string())),
        }
    }
    if certificates.is_empty() {
        return Err(unusable("it has no certificate".into()));
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_certificates_are_reported() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "no pem in here").unwrap();
        let network = Network { certificates: Some(file.path().to_owned()), ..Network::default() };
        assert!(matches!(network.agent("https://example.org").unwrap_err(), FetchError::Certificates { .. }));

        let missing =
            Network { certificates: Some(file.path().with_extension("missing")), ..Network::default() };
        let error = missing.agent("https://example.org").unwrap_err();
        assert!(error.to_string().contains(".missing"), "{error}");
    }
}
