//! Every setting of a table is set, changed and switched off by editing one declaration and running `up`.

mod case;
mod cases;
mod on_model;
mod play;
mod seen;
