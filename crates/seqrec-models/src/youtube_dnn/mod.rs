//! YouTube-DNN: one interest, the mean of the history through a dense layer.
//!
//! Covington et al., "Deep Neural Networks for YouTube Recommendations", RecSys 2016, reduced to
//! what ComiRec's authors compare with: no features but the history, and one layer.

mod config;
mod model;

pub use config::YoutubeDnnConfig;
pub use model::YoutubeDnn;
