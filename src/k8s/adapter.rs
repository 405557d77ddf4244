//! The adapter of one cluster: its clients, its watches and what it has read.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use k8s_openapi::api::{
    apps::v1::StatefulSet, batch::v1::Job, core::v1::Pod, policy::v1::PodDisruptionBudget,
};
use kube::{Api, Client, core::DynamicObject, runtime::watcher};

use super::{
    cluster, names,
    operator::OperatorAccount,
    schema::Schema,
    watch::{Kinds, Watch, Watches, pause_with},
    wire::{self, version_of},
};
use crate::{
    model::{cluster::Cluster, names::ClusterRef},
    ports::{Clock, PortError},
};

/// How many views of the resource are kept, so that a write decided on one of
/// them knows the parts of the status the model leaves out.
const VIEWS: usize = 8;

/// As whom the cluster is spoken to.
#[derive(Clone)]
pub struct Access {
    /// The user's own identity, for everything the operator's admission lock
    /// leaves open.
    pub own: Client,
    /// The identity for the locked writes (`--as-operator`); `own` otherwise.
    pub locked: Option<Client>,
    /// `--maintenance-override`: put the annotation that opens the lock into
    /// each locked write.
    pub maintenance_override: bool,
}

/// One `OpenBaoCluster` and its workloads on a Kubernetes cluster.
///
/// Implements [`crate::ports::Workloads`], [`crate::ports::Colours`],
/// [`crate::ports::Checkpoints`] and [`crate::ports::Leases`]. Reads go to the API server until
/// [`Kube::start_watches`].
pub struct Kube<C> {
    pub(super) own: Client,
    pub(super) locked: Client,
    pub(super) maintenance_override: bool,
    pub(super) reference: ClusterRef,
    pub(super) clock: Rc<C>,
    pub(super) watches: Watches,
    pub(super) may_create_account: Cell<bool>,
    pub(super) operator: OnceCell<OperatorAccount>,
    views: RefCell<VecDeque<Rc<DynamicObject>>>,
    /// What was read last, and what it is in the model: most looks find the
    /// same object again.
    read: RefCell<Option<(Rc<DynamicObject>, Cluster)>>,
    schema: OnceCell<Schema>,
}

impl<C: Clock + 'static> Kube<C> {
    /// The adapter of a cluster. Sends nothing yet.
    ///
    /// # Errors
    ///
    /// A namespace or name that Kubernetes would not accept.
    pub fn new(reference: ClusterRef, access: Access, clock: Rc<C>) -> Result<Self, PortError> {
        for name in [&reference.namespace, &reference.name] {
            if !names::is_name(name) {
                return Err(PortError::Invalid(format!("{name:?} is not a valid name")));
            }
        }
        Ok(Self {
            locked: access.locked.unwrap_or_else(|| access.own.clone()),
            own: access.own,
            maintenance_override: access.maintenance_override,
            reference,
            clock,
            watches: Watches::default(),
            may_create_account: Cell::new(false),
            operator: OnceCell::new(),
            views: RefCell::default(),
            read: RefCell::default(),
            schema: OnceCell::new(),
        })
    }

    /// Lets a login create its ServiceAccount where the operator has not needed
    /// one yet. Until then a login only looks: checks and dry runs write
    /// nothing.
    pub fn allow_account_creation(&self) {
        self.may_create_account.set(true);
    }

    /// Says which account is the operator's, for whatever its installation is
    /// asked for.
    pub fn trust_operator(&self, account: OperatorAccount) {
        // The first word counts.
        let _ = self.operator.set(account);
    }

    /// Namespace and name.
    pub fn reference(&self) -> &ClusterRef {
        &self.reference
    }

    /// Starts the watches; without them every read is a request and
    /// [`crate::ports::Workloads::changed`] never resolves. A watch the caller
    /// may not have falls back to requests by itself.
    pub fn start_watches(&self) {
        self.watches.start(|| {
            let pause = pause_with(&self.clock);
            let ns = &self.reference.namespace;
            let ours = watcher::Config::default().labels(&names::selector(&self.reference));
            let itself = watcher::Config::default()
                .fields(&format!("metadata.name={}", self.reference.name));
            let jobs = watcher::Config::default().labels(&names::job_selector(&self.reference));
            Kinds {
                clusters: Watch::new(self.clusters(), itself, Rc::clone(&pause)),
                statefulsets: Watch::new(
                    self.api::<StatefulSet>(),
                    ours.clone(),
                    Rc::clone(&pause),
                ),
                pods: Watch::new(self.api::<Pod>(), ours, Rc::clone(&pause)),
                budgets: Watch::new(
                    Api::<PodDisruptionBudget>::namespaced(self.own.clone(), ns),
                    watcher::Config::default(),
                    Rc::clone(&pause),
                ),
                jobs: Watch::new(self.api::<Job>(), jobs, pause),
            }
        });
    }

    /// Which generation of the schema is served; asked for once.
    ///
    /// # Errors
    ///
    /// No answer. A forbidden look is none: the next source is asked.
    pub async fn schema(&self) -> Result<Schema, PortError> {
        if let Some(schema) = self.schema.get() {
            return Ok(*schema);
        }
        let object = self.read_object().await?;
        let schema = Schema::discover(&self.own, &object).await?;
        Ok(*self.schema.get_or_init(|| schema))
    }

    /// A namespaced API under the own identity.
    pub(super) fn api<K>(&self) -> Api<K>
    where
        K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope>,
        K::DynamicType: Default,
    {
        Api::namespaced(self.own.clone(), &self.reference.namespace)
    }

    fn clusters(&self) -> Api<DynamicObject> {
        Api::namespaced_with(
            self.own.clone(),
            &self.reference.namespace,
            &names::resource(),
        )
    }

    /// What the resource is called in messages.
    pub(super) fn what(&self) -> String {
        format!("openbaocluster {}", self.reference)
    }

    /// The resource by the watch, if that is to be relied on and holds it.
    pub(super) async fn watched_object(&self) -> Option<Rc<DynamicObject>> {
        self.watches.catch_up().await;
        let object = self
            .watches
            .read(|kinds| kinds.clusters.copy.get(&self.reference.name))
            .flatten()?;
        self.keep(&object);
        Some(object)
    }

    /// The resource by a read.
    pub(super) async fn read_object(&self) -> Result<Rc<DynamicObject>, PortError> {
        let path = names::cluster_path(&self.reference);
        let found = wire::get::<DynamicObject>(&self.own, &self.what(), &path).await?;
        if let Some(object) = found {
            return Ok(self.saw(object));
        }
        self.watches
            .tell(|kinds| kinds.clusters.copy.found_gone(&self.reference.name));
        Err(PortError::NotFound(self.what()))
    }

    /// The object a decision was made on. Where it is no longer known it is
    /// read again, and refused when it has changed meanwhile.
    pub(super) async fn object_of(
        &self,
        cluster: &Cluster,
    ) -> Result<Rc<DynamicObject>, PortError> {
        let wanted = &cluster.resource_version.0;
        let kept = self
            .views
            .borrow()
            .iter()
            .find(|view| version_of(view) == *wanted)
            .cloned();
        if let Some(object) = kept {
            return Ok(object);
        }
        let object = self.read_object().await?;
        if version_of(&object) == *wanted {
            Ok(object)
        } else {
            Err(PortError::Conflict { what: self.what() })
        }
    }

    /// Takes note of the resource as an answer showed it.
    pub(super) fn saw(&self, object: DynamicObject) -> Rc<DynamicObject> {
        let object = Rc::new(object);
        self.keep(&object);
        let told = Rc::clone(&object);
        self.watches.tell(|kinds| kinds.clusters.copy.saw(told));
        object
    }

    fn keep(&self, object: &Rc<DynamicObject>) {
        let mut views = self.views.borrow_mut();
        let version = version_of(object);
        if views.iter().any(|view| version_of(view) == version) {
            return;
        }
        if views.len() == VIEWS {
            views.pop_front();
        }
        views.push_back(Rc::clone(object));
    }

    /// The resource in the model.
    pub(super) fn model(&self, object: &Rc<DynamicObject>) -> Result<Cluster, PortError> {
        if let Some((known, cluster)) = &*self.read.borrow()
            && Rc::ptr_eq(known, object)
        {
            return Ok(cluster.clone());
        }
        let cluster = cluster::parse(object)?;
        let read = (Rc::clone(object), cluster.clone());
        self.read.replace(Some(read));
        Ok(cluster)
    }
}
