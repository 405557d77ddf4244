//! How a download becomes a file that can be relied on, and whose files it
//! leaves alone.

use std::{cell::RefCell, fs};

use baoctl::ports::{BaoNodes, PortError};
use hyper::body::Bytes;

use crate::{
    bao_archive::recorded_snapshot,
    bao_world::{Reply, Scratch, Script, by_token, errors, pod, recorded},
};

fn pieces(file: &[u8]) -> Reply {
    let pieces = file.chunks(10_000).map(Bytes::copy_from_slice).map(Some);
    Reply::Pieces(pieces.collect())
}

#[tokio::test]
async fn a_download_becomes_a_file_under_its_name() {
    let scratch = Scratch::new("download");
    let file = scratch.0.join("before.snap");
    let script = Script::default();
    let content = recorded_snapshot("2.7.2");
    script.then([recorded("2.7.2", "jwt-lookup-self"), pieces(&content)]);
    let client = by_token(&script);
    let told = RefCell::new(Vec::new());
    let record = client
        .snapshot(&pod(0), &file, 90, &|bytes| told.borrow_mut().push(bytes))
        .await
        .expect("a snapshot");
    assert_eq!((record.index, record.bytes), (90, 46617));
    assert_eq!(record.file, file.display().to_string());
    assert_eq!(told.take(), [10_000, 20_000, 30_000, 40_000, 46_617]);
    assert_eq!(fs::read(&file).expect("the file"), content);
    assert_eq!(scratch.names(), ["before.snap"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&file).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(
        script.seen()[1],
        "openbao-0 GET /v1/sys/storage/raft/snapshot x-vault-no-request-forwarding=1 \
         x-vault-request=true x-vault-token=s.canary-token-4711"
    );
    // A second one asks nobody.
    let again = client.snapshot(&pod(0), &file, 90, &|_| {}).await;
    assert!(matches!(again, Err(PortError::Invalid(_))), "{again:?}");
    assert!(script.seen().is_empty());
}

#[tokio::test]
async fn a_download_that_fails_leaves_nothing() {
    let scratch = Scratch::new("failed");
    let file = scratch.0.join("before.snap");
    let content = recorded_snapshot("2.7.2");
    let head = Bytes::copy_from_slice(&content[..9000]);
    let cases = [
        (
            Reply::Pieces(vec![Some(head.clone()), None]),
            90,
            "no answer: connection reset",
        ),
        (
            Reply::Pieces(vec![Some(head)]),
            90,
            "the snapshot is not whole: ",
        ),
        (
            pieces(&content),
            91,
            "the snapshot ends at raft index 90, before 91",
        ),
        (errors(307, ""), 90, "the active node changed meanwhile"),
        (
            errors(403, "permission denied"),
            90,
            "forbidden: permission denied",
        ),
        (errors(500, "disk full"), 90, "status 500: disk full"),
    ];
    let script = Script::default();
    let client = by_token(&script);
    script.then([recorded("2.7.2", "jwt-lookup-self")]);
    for (reply, at_least, expected) in cases {
        script.then([reply]);
        let error = client.snapshot(&pod(0), &file, at_least, &|_| {}).await;
        let error = error.expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}");
        assert!(scratch.names().is_empty(), "{expected}");
    }
}

/// It would stand in the way of every step-down.
#[tokio::test]
async fn a_download_that_stands_still_is_given_up() {
    let scratch = Scratch::new("stalled");
    let file = scratch.0.join("before.snap");
    let content = recorded_snapshot("2.7.2");
    let script = Script::default();
    let client = by_token(&script);
    script.then([recorded("2.7.2", "jwt-lookup-self")]);
    for (reply, expected) in [
        (Reply::Silence, "no answer: nothing within 120 s"),
        (
            Reply::Stalls(Bytes::copy_from_slice(&content[..9000])),
            "no answer: the download stalled: nothing within 30 s",
        ),
    ] {
        script.then([reply]);
        let error = client.snapshot(&pod(0), &file, 90, &|_| {}).await;
        assert_eq!(error.expect_err(expected).to_string(), expected);
        assert!(scratch.names().is_empty(), "{expected}");
    }
}

#[tokio::test]
async fn a_download_that_is_given_up_leaves_nothing() {
    let scratch = Scratch::new("dropped");
    let file = scratch.0.join("before.snap");
    let script = Script::default();
    script.then([
        recorded("2.7.2", "jwt-lookup-self"),
        pieces(&recorded_snapshot("2.7.2")),
    ]);
    let client = by_token(&script);
    let leader = pod(0);
    {
        let download = client.snapshot(&leader, &file, 0, &|_| {});
        // Verification gives way after the first piece, which ends this poll.
        assert!(futures::poll!(Box::pin(download)).is_pending());
    }
    assert!(scratch.names().is_empty());
}

#[tokio::test]
async fn another_download_s_file_is_left_alone() {
    let scratch = Scratch::new("partial");
    let file = scratch.0.join("before.snap");
    fs::write(scratch.0.join("before.snap.partial"), "theirs").expect("a file");
    let theirs = fs::File::open(scratch.0.join("before.snap.partial")).expect("a file");
    theirs.lock().expect("their lock");
    let script = Script::default();
    let result = by_token(&script).snapshot(&pod(0), &file, 0, &|_| {}).await;
    assert!(matches!(result, Err(PortError::Invalid(_))));
    assert_eq!(scratch.names(), ["before.snap.partial"]);
    assert!(script.seen().is_empty());
}

#[tokio::test]
async fn what_a_killed_run_left_half_done_is_begun_again() {
    let scratch = Scratch::new("left");
    let file = scratch.0.join("before.snap");
    let half = vec![7; 100_000];
    fs::write(scratch.0.join("before.snap.partial"), half).expect("a file");
    let script = Script::default();
    script.then([
        recorded("2.7.2", "jwt-lookup-self"),
        pieces(&recorded_snapshot("2.7.2")),
    ]);
    let record = by_token(&script)
        .snapshot(&pod(0), &file, 90, &|_| {})
        .await
        .expect("a snapshot");
    assert_eq!(record.index, 90);
    assert_eq!(scratch.names(), ["before.snap"]);
}

/// Who made the file beforehand may read what is written into it.
#[cfg(unix)]
#[tokio::test]
async fn what_was_left_half_done_is_not_written_into() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("reused");
    let file = scratch.0.join("before.snap");
    let left = scratch.0.join("before.snap.partial");
    fs::write(&left, "theirs").expect("a file");
    fs::set_permissions(&left, fs::Permissions::from_mode(0o666)).expect("a mode");
    let mut reader = fs::File::open(&left).expect("a file");
    let script = Script::default();
    script.then([
        recorded("2.7.2", "jwt-lookup-self"),
        pieces(&recorded_snapshot("2.7.2")),
    ]);
    by_token(&script)
        .snapshot(&pod(0), &file, 90, &|_| {})
        .await
        .expect("a snapshot");
    let mut read = String::new();
    std::io::Read::read_to_string(&mut reader, &mut read).expect("text");
    assert_eq!(read, "theirs");
    let mode = fs::metadata(&file).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_is_neither_followed_nor_replaced() {
    for name in ["before.snap", "before.snap.partial"] {
        let scratch = Scratch::new("link");
        let elsewhere = scratch.0.join("elsewhere");
        fs::write(&elsewhere, "theirs").expect("a file");
        std::os::unix::fs::symlink(&elsewhere, scratch.0.join(name)).expect("a link");
        let script = Script::default();
        let file = scratch.0.join("before.snap");
        let result = by_token(&script).snapshot(&pod(0), &file, 0, &|_| {}).await;
        assert!(matches!(result, Err(PortError::Invalid(_))), "{name}");
        assert_eq!(fs::read(&elsewhere).expect("a file"), b"theirs", "{name}");
    }
}

#[tokio::test]
async fn a_file_of_that_name_that_comes_meanwhile_is_not_overwritten_unless_told_to() {
    let content = recorded_snapshot("2.7.2");
    for (overwrite, kept) in [(false, &b"theirs"[..]), (true, &content[..])] {
        let scratch = Scratch::new("meanwhile");
        let file = scratch.0.join("before.snap");
        let script = Script::default();
        script.then([recorded("2.7.2", "jwt-lookup-self"), pieces(&content)]);
        let client = by_token(&script);
        if overwrite {
            client.allow_overwriting();
            fs::write(&file, "older").expect("a file");
        }
        let appears = |_| fs::write(&file, "theirs").expect("a file");
        let result = client.snapshot(&pod(0), &file, 90, &appears).await;
        assert_eq!(result.is_ok(), overwrite, "{result:?}");
        assert_eq!(fs::read(&file).expect("the file"), kept);
        assert_eq!(scratch.names(), ["before.snap"]);
    }
}
