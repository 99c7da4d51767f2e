//! Progress bars on standard error.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use seqrec_data::fetch::{Event as FetchEvent, Located, Origin, Progress, Step};
use seqrec_train::trainer::{CurvePoint, Event};

/// Shows a fetch: what is being done, bytes, rate, time left.
pub struct FetchProgress {
    name: String,
    bar: Option<ProgressBar>,
}

impl FetchProgress {
    /// For the data set `name`.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), bar: None }
    }

    /// Says where the files were found.
    pub fn finish(&mut self, located: &Located) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        if !matches!(located.origin, Origin::DataDir | Origin::Cache) {
            eprintln!("{}: fetched from {} to {}", self.name, located.origin, located.dir.display());
        }
    }
}

impl Progress for FetchProgress {
    fn event(&mut self, event: FetchEvent<'_>) {
        match event {
            FetchEvent::Started(step) => {
                if let Some(bar) = self.bar.take() {
                    bar.finish_and_clear();
                }
                let what = match step {
                    Step::Wait { .. } => "waiting for another process".to_owned(),
                    Step::Download { url } => format!("downloading {url}"),
                    Step::Pip { package } => format!("pip download {package}"),
                    Step::Verify { path } => format!("verifying {}", path.display()),
                    Step::Extract { .. } => "unpacking".to_owned(),
                    _ => "working".to_owned(),
                };
                let bar = ProgressBar::new_spinner().with_message(format!("{}: {what}", self.name));
                bar.enable_steady_tick(Duration::from_millis(120));
                self.bar = Some(bar);
            }
            FetchEvent::Bytes { done, total } => {
                let Some(bar) = &self.bar else { return };
                if let (Some(total), None) = (total, bar.length()) {
                    bar.set_length(total);
                    bar.set_style(style("{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec} {eta}"));
                }
                bar.set_position(done);
            }
            FetchEvent::Retrying { reason, wait } => {
                eprintln!("{}: {reason}; trying again in {:.1} s", self.name, wait.as_secs_f64());
            }
            _ => {}
        }
    }
}

/// Shows a training: steps, rate, time left, smoothed loss, last validation.
pub struct TrainProgress {
    bar: ProgressBar,
    monitor: String,
    loss: Option<f64>,
    validated: String,
    started: Instant,
}

impl TrainProgress {
    /// For `seed`, continuing at `step`.
    pub fn new(seed: u64, step: u64, monitor: &str) -> Self {
        let bar = ProgressBar::new(0);
        bar.set_style(style("{prefix} [{bar:30}] {pos}/{len} {per_sec} {eta} left, {msg}"));
        bar.set_prefix(format!("seed {seed}"));
        bar.set_position(step);
        bar.reset_eta();
        Self {
            bar,
            monitor: monitor.to_owned(),
            loss: None,
            validated: String::new(),
            started: Instant::now(),
        }
    }

    /// Takes an event of the training loop.
    pub fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Step { step, total, loss } => {
                let loss = f64::from(loss);
                let smoothed = self.loss.map_or(loss, |before| 0.99 * before + 0.01 * loss);
                self.loss = Some(smoothed);
                self.bar.set_length(total);
                self.bar.set_position(step);
                if step.is_multiple_of(10) {
                    self.bar.set_message(format!("loss {smoothed:.3}{}", self.validated));
                }
            }
            Event::Validated { point, best, .. } => self.validated(point, best),
            _ => {}
        }
    }

    fn validated(&mut self, point: &CurvePoint, best: bool) {
        let figure = point.validation.get(&self.monitor);
        let figure = figure.map_or_else(
            || "nothing to validate on".to_owned(),
            |figure| format!("{} {figure:.4}", self.monitor),
        );
        let mark = if best { " (best)" } else { "" };
        let line = format!(
            "step {:>7}  loss {:.4}  {figure}{mark}  {:.0} s",
            point.step,
            point.loss,
            self.started.elapsed().as_secs_f64()
        );
        self.validated = format!(", {figure}");
        // A bar that is not drawn (no terminal) swallows its lines.
        match self.bar.is_hidden() {
            true => eprintln!("{line}"),
            false => self.bar.println(line),
        }
    }

    /// Clears the bar.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is valid").progress_chars("=> ")
}
