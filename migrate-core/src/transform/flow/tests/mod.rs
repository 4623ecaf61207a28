//! The bars of the flow, in simulations and in virtual time.

mod bars;
mod parts;
mod simulated;
