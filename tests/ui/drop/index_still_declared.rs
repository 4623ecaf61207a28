migrate_core::migrations!();

mod tables {
    #[derive(migrate_core::Table)]
    #[table(name = "customers")]
    #[table(global_index(name = "by-email", partition_key = email))]
    pub struct Customer {
        #[table(partition_key)]
        id: String,
        email: String,
    }
}

migrate_core::drop_index!("customers", "by-email");

fn main() {}
