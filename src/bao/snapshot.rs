//! The way of a snapshot from the wire to a file that can be relied on.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use futures::StreamExt;

use crate::{
    bao::{
        archive::{ArchiveError, Verified, Verifier},
        transport::Chunks,
    },
    model::record::SnapshotRecord,
    ports::{Clock, PortError, within_or},
};

/// The largest error body that is read.
const LARGEST_ERROR: usize = 64 << 10;

/// How much is verified before other work gets its turn.
const PIECE: usize = 1 << 20;

/// Until the first byte: the server makes the whole snapshot before it.
pub(super) const HEAD: Duration = Duration::from_secs(120);

/// Between two pieces. A download that stands still blocks every step-down and
/// change of leader (`contracts/openbao-live.md` 0.5), so it is not waited for.
pub(super) const CHUNK: Duration = Duration::from_secs(30);

/// A download under its temporary name, `<file>.partial`; removed unless that
/// became its name.
pub(super) struct Partial {
    file: File,
    path: PathBuf,
    destination: PathBuf,
    overwrite: bool,
    kept: bool,
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.kept
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!("{} not removed: {error}", self.path.display());
        }
    }
}

/// Begins a file of its own, readable by its owner only. What is complete is not
/// overwritten unless that was asked for; what a killed run left half done is
/// removed, never written into, once its lock shows that nobody is at work on it.
pub(super) fn create(destination: &Path, overwrite: bool) -> Result<Partial, PortError> {
    if !overwrite {
        refuse_existing(destination)?;
    }
    let mut path = OsString::from(destination);
    path.push(".partial");
    let path = PathBuf::from(path);
    remove_left(&path)?;
    let mut options = OpenOptions::new();
    // A link that has come meanwhile is not followed either.
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            in_the_way(&path)
        } else {
            failed(&path, &error)
        }
    })?;
    lock(&file, &path)?;
    Ok(Partial {
        file,
        path,
        destination: destination.to_owned(),
        overwrite,
        kept: false,
    })
}

/// Removes what a killed run left, if it is that.
fn remove_left(path: &Path) -> Result<(), PortError> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(path, &error)),
        Ok(found) if !found.is_file() => return Err(in_the_way(path)),
        Ok(_) => {}
    }
    let left = File::open(path).map_err(|error| failed(path, &error))?;
    lock(&left, path)?;
    fs::remove_file(path).map_err(|error| failed(path, &error))
}

fn lock(file: &File, path: &Path) -> Result<(), PortError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => in_the_way(path),
        TryLockError::Error(error) => failed(path, &error),
    })?;
    // Its last holder may have given it its name, or removed it, just now.
    if is_at(file, path) {
        Ok(())
    } else {
        Err(in_the_way(path))
    }
}

fn in_the_way(path: &Path) -> PortError {
    PortError::Invalid(format!(
        "{} is in the way: another download is at work on it, or it is no file",
        path.display()
    ))
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(held), Ok(named)) => (held.dev(), held.ino()) == (named.dev(), named.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Writes the body, verifies what lies on the disk, and gives it its name.
pub(super) async fn save(
    mut partial: Partial,
    mut chunks: Chunks,
    at_least: u64,
    progress: &dyn Fn(u64),
    clock: &impl Clock,
) -> Result<SnapshotRecord, PortError> {
    let mut bytes = 0;
    let stalled = |why| {
        Some(Err(PortError::NoAnswer(format!(
            "the download stalled: {why}"
        ))))
    };
    while let Some(chunk) = within_or(clock, CHUNK, chunks.next(), stalled).await {
        let chunk = chunk?;
        partial
            .file
            .write_all(&chunk)
            .map_err(|error| failed(&partial.path, &error))?;
        bytes += chunk.len() as u64;
        progress(bytes);
    }
    // Closed before anything else: on the server it stands in the way of a
    // change of leader (`contracts/openbao-live.md` 0.5).
    drop(chunks);
    let verified = verify(&mut partial)
        .await
        .map_err(|error| PortError::Other(format!("the snapshot is not whole: {error}")))?;
    if verified.index < at_least {
        return Err(PortError::Other(format!(
            "the snapshot ends at raft index {}, before {at_least}",
            verified.index
        )));
    }
    keep(&mut partial).await?;
    Ok(SnapshotRecord {
        file: partial.destination.display().to_string(),
        index: verified.index,
        bytes: verified.bytes,
        sha256: verified.sha256,
        at: clock.wall(),
    })
}

/// Reads the file back, giving way between pieces: other tasks, such as the
/// renewal of a lease, share the thread.
async fn verify(partial: &mut Partial) -> Result<Verified, ArchiveError> {
    let mut verifier = Verifier::new();
    let mut piece = vec![0; PIECE];
    partial
        .file
        .seek(SeekFrom::Start(0))
        .map_err(ArchiveError::File)?;
    loop {
        let length = partial.file.read(&mut piece).map_err(ArchiveError::File)?;
        if length == 0 {
            return verifier.finish();
        }
        verifier.push(&piece[..length])?;
        tokio::task::yield_now().await;
    }
}

/// Makes content and name outlive a crash.
async fn keep(partial: &mut Partial) -> Result<(), PortError> {
    let Partial {
        file,
        path,
        destination,
        overwrite,
        ..
    } = partial;
    let synced = match file.try_clone() {
        Ok(file) => sync(file).await,
        Err(error) => Err(error),
    };
    synced.map_err(|error| failed(path, &error))?;
    // A second name is refused where there is one already, at the same instant;
    // a rename is not. The first name is removed in the end.
    let named = fs::hard_link(&*path, &*destination).is_ok();
    if !named {
        if !*overwrite {
            refuse_existing(destination)?;
        }
        fs::rename(&*path, &*destination).map_err(|error| failed(destination, &error))?;
    }
    partial.kept = !named;
    let directory = match partial.destination.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let synced = match File::open(directory) {
        Ok(opened) => sync(opened).await,
        Err(error) => Err(error),
    };
    synced.map_err(|error| failed(directory, &error))
}

/// Waits for the disk on another thread: a slow one takes longer than a lease
/// lasts, and this thread renews it.
async fn sync(file: File) -> std::io::Result<()> {
    tokio::task::spawn_blocking(move || file.sync_all())
        .await
        .unwrap_or_else(|error| Err(std::io::Error::other(error)))
}

/// A body that is expected to be an error's, up to a sensible length.
pub(super) async fn short(mut chunks: Chunks) -> Result<Vec<u8>, PortError> {
    let mut body = Vec::new();
    while let Some(chunk) = chunks.next().await {
        body.extend_from_slice(&chunk?);
        if body.len() > LARGEST_ERROR {
            break;
        }
    }
    Ok(body)
}

fn refuse_existing(file: &Path) -> Result<(), PortError> {
    match fs::symlink_metadata(file) {
        Ok(_) => Err(PortError::Invalid(format!(
            "{} exists and is not overwritten without --force",
            file.display()
        ))),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(file, &error)),
    }
}

fn failed(path: &Path, error: &std::io::Error) -> PortError {
    PortError::Other(format!("{}: {error}", path.display()))
}
