//! The watches: who is watched, how a change wakes a waiter, and how a broken
//! watch starts again.
//!
//! No task is spawned. A watch advances when somebody waits in
//! [`Watches::changed`] or reads; in between, its bytes wait in the
//! connection. So everything runs on the caller's thread, in an order a
//! simulation can repeat, and dropping the adapter ends the watches.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use futures::{FutureExt, StreamExt, future::LocalBoxFuture, stream::LocalBoxStream};
use k8s_openapi::api::{
    apps::v1::StatefulSet, batch::v1::Job, core::v1::Pod, policy::v1::PodDisruptionBudget,
};
use kube::{
    Api, ResourceExt,
    core::DynamicObject,
    runtime::watcher::{self, Event, watcher},
};

use super::copy::LocalCopy;

/// Pause before a broken watch lists again.
const RESTART_PAUSE: Duration = Duration::from_secs(1);

/// The same after a 403. It is no last word: an API server that has just
/// started answers so to everybody but system:masters until it has filled its
/// RBAC caches.
const FORBIDDEN_PAUSE: Duration = Duration::from_secs(5);

/// Rounds without news after which a reader has caught up.
const QUIET_ROUNDS: u32 = 3;
/// Most rounds a reader waits for news that does not end.
const CATCH_UP_ROUNDS: u32 = 256;

/// Makes the pause; how time passes is the Clock's.
pub(super) type Pause = Rc<dyn Fn(Duration) -> LocalBoxFuture<'static, ()>>;

/// One kind's watch and its copy.
pub(super) struct Watch<K> {
    /// The copy it keeps.
    pub(super) copy: LocalCopy<K>,
    start: Box<dyn Fn() -> LocalBoxStream<'static, watcher::Result<Event<K>>>>,
    stream: Option<LocalBoxStream<'static, watcher::Result<Event<K>>>>,
    pause: Pause,
    pausing: Option<LocalBoxFuture<'static, ()>>,
}

impl<K> Watch<K>
where
    K: ResourceExt + Clone + std::fmt::Debug + serde::de::DeserializeOwned + Send + 'static,
{
    pub(super) fn new(api: Api<K>, config: watcher::Config, pause: Pause) -> Self {
        let start = Box::new(move || watcher(api.clone(), config.clone()).boxed_local())
            as Box<dyn Fn() -> _>;
        Self {
            copy: LocalCopy::default(),
            stream: Some(start()),
            start,
            pause,
            pausing: None,
        }
    }

    /// Takes over all that has arrived. True when something changed.
    fn advance(&mut self, cx: &mut Context<'_>) -> bool {
        let mut changed = false;
        loop {
            if let Some(pausing) = &mut self.pausing {
                if pausing.poll_unpin(cx).is_pending() {
                    return changed;
                }
                self.pausing = None;
                self.stream = Some((self.start)());
            }
            let Some(stream) = &mut self.stream else {
                return changed;
            };
            match stream.poll_next_unpin(cx) {
                Poll::Pending => return changed,
                Poll::Ready(Some(Ok(event))) => changed |= self.copy.apply(event),
                Poll::Ready(ended) => {
                    self.copy.lose();
                    self.stream = None;
                    // Who may not watch reads directly meanwhile.
                    let forbidden =
                        ended.is_some_and(|result| result.is_err_and(|error| is_forbidden(&error)));
                    self.pausing = Some((self.pause)(if forbidden {
                        FORBIDDEN_PAUSE
                    } else {
                        RESTART_PAUSE
                    }));
                }
            }
        }
    }
}

fn is_forbidden(error: &watcher::Error) -> bool {
    match error {
        watcher::Error::InitialListFailed(kube::Error::Api(status))
        | watcher::Error::WatchStartFailed(kube::Error::Api(status)) => status.code == 403,
        _ => false,
    }
}

/// The watches of one cluster.
pub(super) struct Kinds {
    /// The resource itself.
    pub(super) clusters: Watch<DynamicObject>,
    /// Its StatefulSets.
    pub(super) statefulsets: Watch<StatefulSet>,
    /// Pods with its label.
    pub(super) pods: Watch<Pod>,
    /// Disruption budgets of the namespace.
    pub(super) budgets: Watch<PodDisruptionBudget>,
    /// The operator's Jobs for it.
    pub(super) jobs: Watch<Job>,
}

/// All watches, or none until they are started.
#[derive(Default)]
pub(super) struct Watches {
    kinds: RefCell<Option<Kinds>>,
    wakers: Arc<Wakers>,
    dirty: Cell<bool>,
}

impl Watches {
    /// Starts them; a second call does nothing.
    pub(super) fn start(&self, kinds: impl FnOnce() -> Kinds) {
        let mut slot = self.kinds.borrow_mut();
        if slot.is_none() {
            *slot = Some(kinds());
            self.wakers.called.store(true, Ordering::Relaxed);
            self.wakers.wake_all();
        }
    }

    /// Resolves when something changed since the last call.
    pub(super) async fn changed(&self) {
        poll_fn(|cx| {
            self.wakers.register(cx.waker());
            self.drain();
            if self.dirty.replace(false) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    /// Lets what has arrived through to the copies: the connections hand on one
    /// piece at a time, and only when their own tasks get to run.
    pub(super) async fn catch_up(&self) {
        let mut quiet = 0;
        for round in 0..CATCH_UP_ROUNDS {
            if self.kinds.borrow().is_none() || quiet == QUIET_ROUNDS {
                return;
            }
            // No time passes between the rounds: what has not called since the
            // last one has nothing.
            let called = round == 0 || self.wakers.called();
            quiet = if called && self.drain() { 0 } else { quiet + 1 };
            tokio::task::yield_now().await;
        }
    }

    /// Uses the copies as of now, if there are watches.
    pub(super) fn read<T>(&self, look: impl FnOnce(&Kinds) -> Option<T>) -> Option<T> {
        // Who reads has caught up first: what has not called since has nothing.
        if self.wakers.called() && self.drain() {
            self.wakers.wake_all();
        }
        self.kinds.borrow().as_ref().and_then(look)
    }

    /// Tells the copies what an answer to a request of ours has shown.
    pub(super) fn tell(&self, tell: impl FnOnce(&mut Kinds)) {
        if let Some(kinds) = self.kinds.borrow_mut().as_mut() {
            tell(kinds);
        }
    }

    /// Takes over what has arrived. The streams are always polled with the same
    /// waker, which wakes every waiter: a read must not take the wake-up away
    /// from a `changed` that waits at the same time.
    fn drain(&self) -> bool {
        let waker = Waker::from(Arc::clone(&self.wakers));
        let mut cx = Context::from_waker(&waker);
        let mut slot = self.kinds.borrow_mut();
        let Some(kinds) = slot.as_mut() else {
            return false;
        };
        // Before they are polled: who calls meanwhile is polled again.
        self.wakers.called.store(false, Ordering::Relaxed);
        let mut changed = kinds.clusters.advance(&mut cx);
        changed |= kinds.statefulsets.advance(&mut cx);
        changed |= kinds.pods.advance(&mut cx);
        changed |= kinds.budgets.advance(&mut cx);
        changed |= kinds.jobs.advance(&mut cx);
        if changed {
            self.dirty.set(true);
        }
        changed
    }
}

/// Those waiting in `changed`.
#[derive(Default)]
struct Wakers {
    waiting: Mutex<Vec<Waker>>,
    /// A stream has called since they were last polled.
    called: AtomicBool,
}

impl Wakers {
    fn register(&self, waker: &Waker) {
        let mut wakers = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if !wakers.iter().any(|known| known.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    fn called(&self) -> bool {
        self.called.load(Ordering::Relaxed)
    }

    fn wake_all(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let wakers = std::mem::take(&mut *waiting);
        drop(waiting);
        for waker in wakers {
            waker.wake();
        }
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.called.store(true, Ordering::Relaxed);
        self.wake_all();
    }
}

/// Where the pinned futures come from.
pub(super) fn pause_with<C: crate::ports::Clock + 'static>(clock: &Rc<C>) -> Pause {
    let clock = Rc::clone(clock);
    Rc::new(move |pause| {
        let clock = Rc::clone(&clock);
        Box::pin(async move { clock.sleep(pause).await }) as Pin<Box<dyn Future<Output = ()>>>
    })
}
