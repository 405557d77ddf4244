//! The API server under the real `kube::Client`.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use http::{Request, Response};
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use hyper::body::Bytes;
use kube::Client;
use tower::Service;

use super::{
    answer::Answer,
    kubernetes::{Caller, Watching},
    letter::Reply,
    visitor::News,
    world::Shared,
};
use crate::k8s::RequestCounts;

/// A client of the embedded API server with this identity.
#[must_use]
pub fn client(world: &Shared, caller: Caller, namespace: &str, counts: &RequestCounts) -> Client {
    let service = ApiServer {
        world: world.clone(),
        caller,
    };
    let counted = tower::Layer::layer(counts, service);
    Client::new(counted, namespace)
}

/// The service.
#[derive(Clone)]
struct ApiServer {
    world: Shared,
    caller: Caller,
}

impl Service<Request<kube::client::Body>> for ApiServer {
    type Response = Response<ApiBody>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Response<ApiBody>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<kube::client::Body>) -> Self::Future {
        let (world, caller) = (self.world.clone(), self.caller.clone());
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let bytes = body.collect().await.map_err(io::Error::other)?.to_bytes();
            let request = Request::from_parts(head, bytes);
            let ticket = world.lock().ask_api(request, caller);
            match Answer::to(world.clone(), ticket).await {
                Reply::Whole(response) => Ok(response.map(|body| ApiBody::Whole(Some(body)))),
                Reply::Watch(watching) => {
                    let epoch = world.lock().epoch();
                    Ok(Response::new(ApiBody::Watch(WatchBody {
                        world,
                        watching,
                        epoch,
                        ended: false,
                    })))
                }
                Reply::Broken(why) => Err(io::Error::new(io::ErrorKind::ConnectionReset, why)),
                Reply::Replaced => Err(io::Error::other("not a pod")),
            }
        })
    }
}

/// What the API server sends.
enum ApiBody {
    Whole(Option<Bytes>),
    Watch(WatchBody),
}

/// A watch's lines as they come.
struct WatchBody {
    world: Shared,
    watching: Watching,
    epoch: u64,
    ended: bool,
}

impl Body for ApiBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.get_mut() {
            Self::Whole(body) => Poll::Ready(body.take().map(|body| Ok(Frame::data(body)))),
            Self::Watch(watch) if watch.ended => Poll::Ready(None),
            Self::Watch(watch) => {
                let (watching, epoch) = (&mut watch.watching, watch.epoch);
                match watch.world.lock().read_watch(watching, epoch, cx.waker()) {
                    News::Lines(lines) if lines.is_empty() => Poll::Pending,
                    News::Lines(lines) => {
                        Poll::Ready(Some(Ok(Frame::data(Bytes::from(lines.concat())))))
                    }
                    News::Gone(line) => {
                        watch.ended = true;
                        Poll::Ready(Some(Ok(Frame::data(line))))
                    }
                    News::Broken => {
                        watch.ended = true;
                        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
                    }
                }
            }
        }
    }
}
