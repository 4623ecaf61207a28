//! The rules of settings that depend on each other; never knows what a setting says by itself.

use proc_macro2::{Ident, TokenTree};

use super::Checker;
use crate::table::attr::Stated;
use crate::{names, options};

/// What even an old shape has: how its items are found.
const SHAPE: &[&str] = &["name", "partition_key", "sort_key", "frozen", "crate"];
/// What a table has that another sequence owns: how its items are found, and indexes that are this one's.
const SHARED: &[&str] = &["name", "owner", "partition_key", "sort_key", "global_index", "accept", "frozen", "crate"];
/// What can be accepted there: hazards of indexes.
const OF_INDEXES: &[&str] = &["IndexReplaced", "MisfitsLeftOut"];

/// The variants in `&[__p::Hazard::StreamOff, ..]`.
fn hazards(accept: &Stated) -> Vec<Ident> {
    let list = accept.value.clone().into_iter().filter_map(|token| match token {
        TokenTree::Group(list) => Some(list.stream()),
        TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => None,
    });
    let paths = list.flat_map(options::split);
    paths
        .filter_map(|path| match path.last() {
            Some(TokenTree::Ident(variant)) => Some(variant.clone()),
            _ => None,
        })
        .collect()
}

impl Checker<'_, '_> {
    pub(super) fn settings(&mut self) {
        self.frozen();
        self.shared();
        self.index_billing();
        self.replicas_need_a_stream();
        self.verified();
    }

    /// An old shape is only read.
    fn frozen(&mut self) {
        let options = &self.parsed.options;
        if !options.frozen {
            return;
        }
        let of_indexes = options.global_indexes.iter().flat_map(|index| &index.settings.0);
        let of_indexes = of_indexes.map(|stated| (stated.key.to_string(), stated.key.span()));
        let of_table = options.seen.iter().filter(|(name, _)| !SHAPE.contains(name));
        for (name, span) in of_table.map(|(name, span)| ((*name).to_owned(), *span)).chain(of_indexes) {
            self.errors.at(
                span,
                format_args!("a `frozen` struct is an old shape that migrations read, and declares no table: take `{name}` away"),
            );
        }
    }

    /// The owner states the settings; here are single indexes, and what is accepted for them.
    fn shared(&mut self) {
        let options = &self.parsed.options;
        let Some(owner) = &options.owner else { return };
        names::check_sequence(owner, self.errors);
        // Where it is frozen too, that has been said.
        if options.frozen {
            return;
        }
        let sequence = owner.value();
        for (name, span) in options.seen.iter().filter(|(name, _)| !SHARED.contains(name)) {
            self.errors.at(
                *span,
                format_args!("sequence `{sequence}` owns this table, and states its settings: take `{name}` away; what can be this sequence's are keys as they are, and each `global_index(..)` of its own"),
            );
        }
        for stated in options.global_indexes.iter().flat_map(|index| &index.settings.0) {
            let name = &stated.key;
            self.errors.on(
                name,
                format_args!("sequence `{sequence}` owns this table, and an index of another one gets what the table has: take `{name}` away"),
            );
        }
        for index in &options.local_indexes {
            self.errors.on(
                &index.word,
                format_args!("sequence `{sequence}` owns this table, and local indexes are made with their table: take it away"),
            );
        }
        for hazard in options.settings.of("accept").map(hazards).unwrap_or_default() {
            if !OF_INDEXES.iter().any(|known| hazard == known) {
                self.errors.at(
                    hazard.span(),
                    format_args!("sequence `{sequence}` owns this table: what can be accepted here are H110 (an index is replaced) and H113 (items left out of one)"),
                );
            }
        }
    }

    /// An index has its table's mode: without the table's, its own means nothing.
    fn index_billing(&mut self) {
        let options = &self.parsed.options;
        let of_table = options.settings.of("billing");
        for index in &options.global_indexes {
            let Some(mode) = index.settings.of("billing").and_then(|stated| stated.word.as_ref()) else { continue };
            match of_table.and_then(|stated| stated.word.as_ref()) {
                Some(table) if table == mode => {}
                Some(table) => self.errors.on(
                    mode,
                    format_args!("the index is {mode}, and its table is {table}: an index is paid for as its table is, so say `{table}` here too, or nothing"),
                ),
                None if options.seen.contains_key("billing") => {}
                None => {
                    let form = if mode == "on_demand" { "on_demand" } else { "provisioned(read = 5, write = 5)" };
                    self.errors.on(
                        mode,
                        format_args!("an index is paid for as its table is, and the table does not say how: state `billing = {form}` for the table"),
                    );
                }
            }
        }
    }

    fn replicas_need_a_stream(&mut self) {
        let settings = &self.parsed.options.settings;
        let has_replicas = settings.of("replicas").is_some_and(|stated| stated.word.is_none());
        let stream = settings.of("stream").and_then(|stated| stated.word.as_ref());
        if let Some(view) = stream.filter(|view| has_replicas && *view != "new_and_old_images") {
            self.errors.on(view, "replicas need `stream = new_and_old_images`: DynamoDB feeds them by it");
        }
    }

    /// Where nothing is changed, there is no hazard.
    fn verified(&mut self) {
        let options = &self.parsed.options;
        let is_verified = options.schema.as_ref().is_some_and(|variant: &Ident| variant == "Verify");
        if let Some(accept) = options.settings.of("accept").filter(|_| is_verified) {
            self.errors.on(
                &accept.key,
                "with `schema = verify` nothing is changed, and so there is no hazard to accept: take `accept` away",
            );
        }
    }
}
