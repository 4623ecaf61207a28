//! Every migration this application ever had, oldest first. One that was applied somewhere is not edited any more.
//!
//! The first release came out after migration 4. From then on code reads and writes the tables while a migration runs.

mod m0001_load_week;
mod m0002_lift_properties;
mod m0003_drop_nulls;
mod m0004_lists_to_sets;
mod m0005_geometry_to_coordinates;
mod m0006_region_of_place;
mod m0007_one_name_per_region;
mod m0008_sum_up_regions;
mod m0009_drop_geometry_and_title;
