// no `migrate_core::migrations!();` here
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

mod migrations {
    #[migrate_core::migration(1)]
    async fn one(_: &migrate_core::MigrationContext) -> migrate_core::Result {
        Ok(())
    }

    #[migrate_core::migration(2)]
    async fn two(_: &migrate_core::MigrationContext) -> migrate_core::Result {
        Ok(())
    }

    migrate_core::drop_table!("orders");
}

fn main() {}
