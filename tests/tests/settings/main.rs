//! Every setting of a table is set, changed and switched off by editing one declaration and running `up`.

mod calls;
mod case;
mod cases;
mod engines;
mod faked;
mod generate;
mod limits;
mod many;
mod on_model;
mod page;
mod play;
mod rights;
mod seen;
mod walk;
mod wanted;
