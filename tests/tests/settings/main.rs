//! Every setting of a table is set, changed and switched off by editing one declaration and running `up`.

mod calls;
mod case;
mod cases;
mod faked;
mod limits;
mod many;
mod on_model;
mod play;
mod seen;
