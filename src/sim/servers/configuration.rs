//! The members of the raft cluster, as one entry of the log lists them.

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its node id: on this operator's clusters the pod's name.
    pub id: String,
    /// Whether it has a vote.
    pub voter: bool,
}

/// The members, in the order they joined.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Configuration {
    /// The members.
    pub members: Vec<Member>,
}

impl Configuration {
    /// Whether this id is a voter; `None` when it is no member.
    #[must_use]
    pub fn voter(&self, id: &str) -> Option<bool> {
        let mut members = self.members.iter();
        members
            .find(|member| member.id == id)
            .map(|member| member.voter)
    }

    /// The voters' ids.
    pub fn voters(&self) -> impl Iterator<Item = &str> {
        let voters = self.members.iter().filter(|member| member.voter);
        voters.map(|member| member.id.as_str())
    }

    /// How many voters make a majority.
    #[must_use]
    pub fn quorum(&self) -> usize {
        self.voters().count() / 2 + 1
    }

    /// The same with this member's vote given, taken, or with it joining.
    pub(super) fn with(&self, id: &str, voter: bool) -> Self {
        let mut changed = self.clone();
        let found = changed.members.iter_mut().find(|member| member.id == id);
        match found {
            Some(member) => member.voter = voter,
            None => changed.members.push(Member {
                id: id.to_owned(),
                voter,
            }),
        }
        changed
    }

    /// The same without this member.
    pub(super) fn without(&self, id: &str) -> Self {
        let members = self.members.iter().filter(|member| member.id != id);
        Self {
            members: members.cloned().collect(),
        }
    }
}
