//! The servers, seen from outside, in virtual time.
