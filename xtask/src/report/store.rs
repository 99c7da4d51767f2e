//! The files of a report.

use std::fs;
use std::io;
use std::path::Path;

use crate::files;

use super::model::RunReport;
use super::{PLOT_FOLDER, html, markdown, plots};

/// Name of the stored report, from which all other files can be made again.
const REPORT_FILE: &str = "report.json";

/// Writes `report.json`, `report.md`, `report.html` and the plots below `dir`, which is created if
/// need be. Every file is complete or absent: it is written beside its place and then renamed.
///
/// # Errors
///
/// [`io::ErrorKind::InvalidData`] if the report holds a figure that is no finite number, which JSON
/// cannot store; else what the file system says.
pub fn write_all(report: &RunReport, dir: &Path) -> io::Result<()> {
    let json = serde_json::to_string_pretty(report)?;
    parse(&json).map_err(|error| invalid(&format!("the report cannot be stored: {error}")))?;
    fs::create_dir_all(dir.join(PLOT_FOLDER))?;
    let plots = plots::all(report);
    for plot in &plots {
        let name = format!("{}.svg", plot.name);
        files::write(&dir.join(PLOT_FOLDER).join(name), plot.drawing.standalone())?;
    }
    files::write(&dir.join("report.md"), markdown::markdown(report, &plots))?;
    files::write(&dir.join("report.html"), html::page(report, &plots))?;
    files::write(&dir.join(REPORT_FILE), &json)
}

/// Reads the report stored in `dir`.
///
/// # Errors
///
/// What the file system says, or [`io::ErrorKind::InvalidData`] if the file is no report.
pub fn read(dir: &Path) -> io::Result<RunReport> {
    let path = dir.join(REPORT_FILE);
    let text = fs::read_to_string(&path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))?;
    parse(&text).map_err(|error| invalid(&format!("{}: {error}", path.display())))
}

fn parse(json: &str) -> serde_json::Result<RunReport> {
    serde_json::from_str(json)
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;
    use crate::report::verdict::Verdict;

    #[test]
    fn a_stored_report_renders_as_it_did() {
        for report in fixture::all() {
            let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            write_all(&report, first.path()).unwrap();
            write_all(&read(first.path()).unwrap(), second.path()).unwrap();
            for name in ["report.md", "report.html"] {
                let text = |dir: &Path| fs::read_to_string(dir.join(name)).unwrap();
                assert_eq!(text(first.path()), text(second.path()));
            }
        }
    }

    #[test]
    fn every_field_is_stored() {
        // Figures with few decimals only: the reader may miss the last bit of a long one.
        let mut report = fixture::full();
        report.figures.retain(|figure| !matches!(figure.verdict, Verdict::Above { .. }));
        let dir = tempfile::tempdir().unwrap();
        write_all(&report, dir.path()).unwrap();
        assert_eq!(read(dir.path()).unwrap(), report);
    }

    #[test]
    fn every_linked_plot_is_there_and_nothing_is_left_over() {
        let dir = tempfile::tempdir().unwrap();
        let report = fixture::full();
        write_all(&report, dir.path()).unwrap();
        write_all(&report, dir.path()).unwrap();
        let page = fs::read_to_string(dir.path().join("report.md")).unwrap();
        let links: Vec<_> = page.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert_eq!(links.len(), 6);
        for link in &links {
            assert!(fs::read_to_string(dir.path().join(link)).unwrap().starts_with("<svg xmlns="));
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 4);
        assert_eq!(fs::read_dir(dir.path().join(PLOT_FOLDER)).unwrap().count(), links.len());
    }

    #[test]
    fn a_figure_that_is_no_number_is_refused_before_anything_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let mut report = fixture::full();
        report.seeds[0].curve[0].loss = f64::NAN;
        let error = write_all(&report, dir.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_that_is_no_report_is_named() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path()).unwrap_err().kind(), io::ErrorKind::NotFound);
        fs::write(dir.path().join(REPORT_FILE), "{}").unwrap();
        let error = read(dir.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().contains(REPORT_FILE));
    }
}
