// the same name in two modules
migrate_core::migrations!();

mod billing {
    #[derive(migrate_core::Table)]
    #[table(name = "customers")]
    pub struct Customer {
        #[table(partition_key)]
        id: String,
    }
}

mod shipping {
    #[derive(migrate_core::Table)]
    #[table(name = "customers")]
    pub struct Customer {
        #[table(partition_key)]
        id: String,
    }
}

fn main() {}
