//! Processes that are told to end.

use super::bench::{NEW, OLD, three};
use crate::sim::processes::{Probed, Process, Processes, Settings};

#[test]
fn a_leader_told_to_end_hands_over() {
    for (release, gap, exit) in [(OLD, 490..=600, 570..=671), (NEW, 30..=110, 1000..=2001)] {
        for seed in 0..10 {
            let mut bench = three(release, seed);
            let uid = bench.uid("prod-0");
            bench.servers.terminate(&uid, bench.now);
            assert!(bench.health("prod-0").is_none(), "nothing listens");
            let began = bench.now;
            bench
                .until(2000, |bench| bench.active().is_some())
                .expect("a new one");
            // The question above took no time: it was refused at once.
            let took = bench.now.since(began).as_millis();
            assert!(gap.contains(&took), "{release}: {took}");
            bench.exits(&uid, 3000).expect("an exit");
            let took = bench.now.since(began).as_millis();
            assert!(exit.contains(&took), "{release}: {took}");
            assert_eq!(
                bench.servers.process(&uid),
                Some(Process::Exited { code: 0 })
            );
        }
    }
}

#[test]
fn a_leader_that_stepped_down_does_not_end_before_its_pause_has() {
    for (after, least, most) in [(700, 9750, 10_100), (3000, 7450, 7800), (11_500, 20, 230)] {
        let mut bench = three(NEW, 5);
        let uid = bench.uid("prod-0");
        bench.servers.step_down(bench.now);
        bench.wait(after);
        bench.servers.terminate(&uid, bench.now);
        assert!(bench.health("prod-0").is_none(), "its listeners are closed");
        let took = bench.exits(&uid, 15_000).expect("an exit");
        assert!((least..=most).contains(&took), "+{after}: {took}");
    }
}

#[test]
fn a_leader_does_not_end_while_it_dials_a_pod_that_is_gone() {
    for (after, least, most) in [(3000, 6900, 7010), (9800, 570, 680)] {
        let mut bench = three(OLD, 1);
        let uid = bench.uid("prod-2");
        bench.servers.terminate(&uid, bench.now);
        bench.exits(&uid, 1000).expect("an exit");
        bench.start("prod-2", NEW);
        bench.wait(after);
        let uid = bench.uid("prod-0");
        bench.servers.terminate(&uid, bench.now);
        let took = bench.exits(&uid, 15_000).expect("an exit");
        assert!((least..=most).contains(&took), "+{after}: {took}");
    }
}

#[test]
fn a_leader_is_not_kept_by_a_process_that_was_killed_in_its_pod() {
    let mut bench = three(OLD, 1);
    let uid = bench.uid("prod-2");
    bench.servers.kill(&uid, bench.now);
    bench.wait(1000);
    let uid = bench.uid("prod-0");
    bench.servers.terminate(&uid, bench.now);
    let took = bench.exits(&uid, 15_000).expect("an exit");
    assert!((570..=671).contains(&took), "{took}");
}

#[test]
fn a_leader_alone_takes_three_seconds() {
    let mut bench = three(OLD, 1);
    for pod in ["prod-1", "prod-2"] {
        let uid = bench.uid(pod);
        bench.servers.kill(&uid, bench.now);
    }
    let uid = bench.uid("prod-0");
    bench.servers.terminate(&uid, bench.now);
    let took = bench.exits(&uid, 5000).expect("an exit");
    assert!((2900..=3101).contains(&took), "{took}");
}

#[test]
fn a_restarted_standby_is_ready_before_it_is_caught_up() {
    let mut late = 0;
    for seed in 0..10 {
        let mut bench = three(OLD, seed);
        let uid = bench.uid("prod-2");
        bench.servers.terminate(&uid, bench.now);
        let took = bench.exits(&uid, 1000).expect("an exit");
        assert!((30..=221).contains(&took), "{took}");
        let uid = bench.start("prod-2", NEW);
        let ready = bench.until(1000, |bench| {
            bench.servers.process(&uid) == Some(Process::Running(Probed::Ready))
        });
        assert!((140..=402).contains(&ready.expect("ready")), "{ready:?}");
        assert_eq!(bench.health("prod-2"), Some(429));
        let before = bench.node("prod-2").applied;
        let answer = bench.get("prod-2", "sys/leader").expect("an answer").body;
        assert_eq!(
            answer["leader_address"],
            "https://prod-0.prod.vault.svc:8200"
        );
        assert_eq!(answer["raft_applied_index"], before);
        let took = bench.until(7000, |bench| bench.node("prod-2").applied > before);
        late += u64::from(took.expect("it is reached") > 1000);
        assert_eq!(bench.active().as_deref(), Some("prod-0"));
    }
    assert!(late > 3, "{late}");
}

#[test]
fn requests_under_way_break_with_their_process() {
    let mut bench = three(OLD, 9);
    bench.servers.hold_download("prod-0", bench.now);
    bench.servers.step_down(bench.now);
    let ticket = bench.send("prod-0", "GET", "sys/leader", "");
    bench.wait(5000);
    assert!(bench.servers.answers().is_empty(), "it hangs");
    let uid = bench.uid("prod-0");
    bench.servers.kill(&uid, bench.now);
    let reply = bench.answer(ticket, 0).expect("an end");
    assert!(matches!(reply, crate::sim::servers::Reply::Broken));
    assert_eq!(
        bench.servers.process(&uid),
        Some(Process::Exited { code: 137 })
    );
}

#[test]
fn an_image_that_is_no_server_ends_with_an_error() {
    let mut bench = three(OLD, 1);
    let uid = bench.uid("prod-2");
    bench.servers.kill(&uid, bench.now);
    let image = "docker.io/library/busybox:latest";
    bench.launch("prod-2", "x", image, Settings::default());
    assert_eq!(
        bench.servers.process("x"),
        Some(Process::Exited { code: 1 })
    );
    assert_eq!(bench.servers.process("never"), None);
    assert!(!bench.servers.log("x").is_empty());
}
