migrate_core::migrations!();

mod tables {
    #[derive(migrate_core::Table)]
    #[table(name = "customers")]
    pub struct Customer {
        #[table(partition_key)]
        id: String,
    }
}

mod drops {
    migrate_core::drop_table!("customers");
}

fn main() {}
