//! Who may deliver from a spool: one run at a time.

use std::fs::{File, OpenOptions, TryLockError};

use super::Spool;
use crate::Error;

/// The right to deliver from a spool. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// The lock, unless another run holds it.
    pub(crate) fn of(spool: &Spool) -> Result<Option<Self>, Error> {
        let path = spool.private("")?.join("lock");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let error = |cause| Error::Spool { folder: path.clone(), cause };
        let file = options.open(&path).map_err(error)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(cause)) => Err(error(cause)),
        }
    }
}
