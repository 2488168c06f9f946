//! Who runs PostgreSQL, which refuses to run as root.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{Error, failed};

/// `data` in the current directory, or `/var/lib/reins` where PostgreSQL's user could not enter that one.
pub fn default_data_dir() -> PathBuf {
    let data = PathBuf::from("data");
    match Account::to_run_postgres() {
        Ok(Some(account)) if std::path::absolute(&data).is_ok_and(|path| account.barred_from(&path).is_some()) => {
            PathBuf::from("/var/lib/reins")
        }
        _ => data,
    }
}

/// A user to run PostgreSQL as.
pub(super) struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
}

impl Account {
    /// None for an ordinary user; PostgreSQL refuses to run as root.
    pub fn to_run_postgres() -> Result<Option<Self>, Error> {
        if effective_uid() != 0 {
            return Ok(None);
        }
        let path = Path::new("/etc/passwd");
        let users = fs::read_to_string(path).map_err(failed("read", path))?;
        let account =
            ["postgres", "nobody"].iter().find_map(|name| users.lines().find_map(|line| Self::parse(line, name)));
        account.map(Some).ok_or(Error::NoUser)
    }

    fn parse(line: &str, name: &str) -> Option<Self> {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Self { name: name.to_owned(), uid, gid })
    }

    /// The first directory on the way to `path` that this user cannot enter.
    pub fn barred_from(&self, path: &Path) -> Option<PathBuf> {
        let mut ancestors: Vec<&Path> = path.ancestors().skip(1).collect();
        ancestors.reverse();
        let barred = |directory: &&Path| {
            directory.metadata().is_ok_and(|metadata| {
                let enter = match (metadata.uid() == self.uid, metadata.gid() == self.gid) {
                    (true, _) => 0o100,
                    (_, true) => 0o010,
                    _ => 0o001,
                };
                metadata.mode() & enter == 0
            })
        };
        ancestors.into_iter().find(barred).map(Path::to_owned)
    }
}

/// Who owns this process's entry in `/proc`; asking the system itself would take unsafe code.
pub(super) fn effective_uid() -> u32 {
    fs::metadata("/proc/self").map_or(u32::MAX, |metadata| metadata.uid())
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_user_is_barred_by_the_first_closed_directory() -> Result<(), Error> {
        let closed = std::env::temp_dir().join(format!("reins closed {}", std::process::id()));
        fs::create_dir_all(&closed).map_err(failed("create", &closed))?;
        fs::set_permissions(&closed, Permissions::from_mode(0o700)).map_err(failed("protect", &closed))?;
        let nobody = Account { name: "nobody".to_owned(), uid: u32::MAX - 2, gid: u32::MAX - 2 };

        assert_eq!(nobody.barred_from(&closed.join("data/postgres")), Some(closed.clone()));
        assert_eq!(nobody.barred_from(&closed), None);

        fs::remove_dir_all(&closed).map_err(failed("remove", &closed))
    }
}
