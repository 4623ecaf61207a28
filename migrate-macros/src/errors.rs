//! Collects every mistake of an item, so that all are shown at once; never knows what is being checked.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The mistakes found so far.
#[derive(Default)]
pub struct Errors {
    all: Option<syn::Error>,
    count: usize,
}

impl Errors {
    /// A mistake at a place.
    pub fn at(&mut self, span: Span, text: impl Display) {
        self.add(syn::Error::new(span, text));
    }

    /// A mistake that covers these tokens.
    pub fn on(&mut self, tokens: &impl ToTokens, text: impl Display) {
        self.add(syn::Error::new_spanned(tokens, text));
    }

    fn add(&mut self, error: syn::Error) {
        self.count += 1;
        match &mut self.all {
            Some(all) => all.combine(error),
            None => self.all = Some(error),
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The mistakes as `compile_error!` calls; nothing when there is none.
    pub fn into_tokens(self) -> TokenStream {
        self.all.map(|errors| errors.to_compile_error()).unwrap_or_default()
    }
}
