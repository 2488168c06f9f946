//! What runs on the cluster, by the files that PostgreSQL keeps and the processes that there are.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Error, failed};

pub(super) struct Postmaster {
    pub ready: bool,
    pub socket: PathBuf,
}

/// The process that runs this cluster, by the file it keeps: see `CreateLockFile` in PostgreSQL's source.
///
/// An error stands for not knowing: where files cannot be opened just now, PostgreSQL may be well.
pub(super) fn postmaster(directory: &Path) -> Result<Option<Postmaster>, Error> {
    let path = directory.join("postmaster.pid");
    let Some(text) = there(fs::read(&path)).map_err(failed("read", &path))? else { return Ok(None) };
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let Some(number) = lines.first().filter(|number| number.parse::<u32>().is_ok()) else { return Ok(None) };

    // Names the cluster in its arguments; a process that came later by the same number does not.
    let path = PathBuf::from(format!("/proc/{number}/cmdline"));
    let Some(arguments) = there(fs::read(&path)).map_err(failed("read", &path))? else { return Ok(None) };
    if !arguments.split(|byte| *byte == 0).any(|argument| argument == directory.as_os_str().as_bytes()) {
        return Ok(None);
    }
    let ready = lines.get(7).is_some_and(|status| *status == "ready");
    Ok(Some(Postmaster { ready, socket: lines.get(4).map(PathBuf::from).unwrap_or_default() }))
}

/// Removes lock files of a PostgreSQL that runs no more. It would not start where one of them is empty or damaged, as a
/// loss of power leaves them, or where its number belongs to another process by now, as happens when a container is
/// killed and started again.
///
/// Where a PostgreSQL works in the directory, or that cannot be seen, they stay: it knows best what to do about them.
pub(super) fn remove_remnants(directory: &Path, locks: &[PathBuf]) -> Result<(), Error> {
    let left: Vec<&PathBuf> = locks.iter().filter(|path| path.symlink_metadata().is_ok()).collect();
    if left.is_empty() || works_in(directory).unwrap_or(true) {
        return Ok(());
    }
    left.into_iter().try_for_each(|path| fs::remove_file(path).map_err(failed("remove", path)))
}

/// Whether a PostgreSQL works in this directory: the postmaster and all that it starts do so from their first moments.
fn works_in(directory: &Path) -> io::Result<bool> {
    let directory = fs::metadata(directory)?;
    for process in fs::read_dir("/proc")? {
        let process = process?;
        if !process.file_name().as_bytes().iter().all(u8::is_ascii_digit) {
            continue;
        }
        // Gone by now, or of another user, who could not enter the directory.
        let Ok(name) = fs::read(process.path().join("comm")) else { continue };
        if !name.starts_with(b"postgres") && !name.starts_with(b"postmaster") {
            continue;
        }
        match fs::metadata(process.path().join("cwd")) {
            Ok(place) if (place.dev(), place.ino()) == (directory.dev(), directory.ino()) => return Ok(true),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// `None` where there is no such file, or its process has gone while it was read.
fn there(read: io::Result<Vec<u8>>) -> io::Result<Option<Vec<u8>>> {
    const NO_SUCH_PROCESS: i32 = 3;
    match read {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound || error.raw_os_error() == Some(NO_SUCH_PROCESS) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn directory(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("reins running {} {name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_a_postgres_that_does_not_run() {
        let directory = directory("unreadable");
        assert!(postmaster(&directory).unwrap().is_none());
        for damaged in ["", "\n", "nonsense", "99999999999999999999\n", "12\0"] {
            fs::write(directory.join("postmaster.pid"), damaged).unwrap();
            assert!(postmaster(&directory).unwrap().is_none(), "{damaged:?}");
        }
        fs::remove_file(directory.join("postmaster.pid")).unwrap();
        // A folder in its place can be opened and not read.
        fs::create_dir(directory.join("postmaster.pid")).unwrap();
        assert!(postmaster(&directory).is_err());
        fs::remove_dir_all(&directory).unwrap();
    }

    #[test]
    fn lock_files_go_only_where_no_postgres_works_in_the_directory() {
        let directory = directory("remnants");
        let lock = directory.join("postmaster.pid");
        // A process by that name in the directory, with another number than the file says.
        let program = directory.join("postgres");
        fs::copy("/bin/sleep", &program).unwrap();
        let mut other = Command::new(&program).arg("60").current_dir(&directory).stdin(Stdio::null()).spawn().unwrap();
        fs::write(&lock, format!("{}\n", std::process::id())).unwrap();
        remove_remnants(&directory, std::slice::from_ref(&lock)).unwrap();
        assert!(lock.exists(), "it may be of the PostgreSQL that runs");

        other.kill().unwrap();
        other.wait().unwrap();
        remove_remnants(&directory, std::slice::from_ref(&lock)).unwrap();
        assert!(!lock.exists(), "its number is another process's");
        fs::remove_dir_all(&directory).unwrap();
    }
}
