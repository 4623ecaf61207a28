//! What both handles say alike: which items are meant, and under which terms they are written. A macro, since each gives itself back.

/// The methods by which a handle is narrowed.
macro_rules! choices {
    () => {
        /// Only items whose key `filter` takes; others are counted as skipped. Called again, both must take it.
        ///
        /// ```
        /// # use migrate_core::{MigrationContext, Table};
        /// # use serde::{Deserialize, Serialize};
        /// # #[derive(Serialize, Deserialize)]
        /// # struct Order { total: u64 }
        /// # async fn f<App: Table>(cx: &MigrationContext) -> migrate_core::Result {
        /// let counts = cx
        ///     .table::<App>()
        ///     .of::<Order>()
        ///     .only(|key| key.sort_starts_with("ORDER#"))
        ///     .update(|order| order.total = order.total.max(1))
        ///     .await?;
        /// cx.note(format!("{} items are no orders", counts.skipped));
        /// # Ok(())
        /// # }
        /// ```
        pub fn only(self, filter: impl Fn(&$crate::aws::item_key::ItemKey) -> bool + Send + Sync + 'a) -> Self {
            Self::new(self.target.only(filter))
        }

        /// Only items that DynamoDB finds to fit `filter`; others are not even sent, though they are read and charged. Called again, both
        /// must hold.
        pub fn filter(self, filter: $crate::transform::Filter) -> Self {
            Self::new(self.target.filter(filter))
        }

        /// Reads the items through a global index: those that are not in it are left out. Where the index has not all attributes of an
        /// item, the item is read again before it is written.
        ///
        /// ```
        /// # use migrate_core::{MigrationContext, Table};
        /// # use serde::{Deserialize, Serialize};
        /// # #[derive(Serialize, Deserialize)]
        /// # struct Email { email: String }
        /// # async fn f<Customer: Table>(cx: &MigrationContext) -> migrate_core::Result {
        /// cx.table::<Customer>().of::<Email>().index("by-email").update(|item| item.email.make_ascii_lowercase()).await?;
        /// # Ok(())
        /// # }
        /// ```
        pub fn index(mut self, name: impl Into<String>) -> Self {
            self.target.index = Some(name.into());
            self
        }

        /// Only these attributes, and those that are written, must be unchanged when an item is written; else all that the function was
        /// given must be. Smaller requests, and fewer conflicts: but what the function makes must follow from these alone.
        ///
        /// ```
        /// # use migrate_core::{MigrationContext, Table};
        /// # use migrate_core::transform::AttributeValue;
        /// # async fn f<Customer: Table>(cx: &MigrationContext) -> migrate_core::Result {
        /// cx.items::<Customer>()
        ///     .depends_on(["email"])
        ///     .update(|item| {
        ///         if let Some(AttributeValue::S(email)) = item.get("email") {
        ///             let lower = AttributeValue::S(email.to_lowercase());
        ///             item.insert("email_lower".to_owned(), lower);
        ///         }
        ///     })
        ///     .await?;
        /// # Ok(())
        /// # }
        /// ```
        pub fn depends_on<N: Into<String>>(mut self, attributes: impl IntoIterator<Item = N>) -> Self {
            self.target.terms.depends_on.get_or_insert_default().extend(attributes.into_iter().map(Into::into));
            self
        }

        /// Leaves a mark on each item that is written, at no extra write: the attribute `_migration_<sequence>`. Filters of the table's
        /// stream can tell by it which records to leave out.
        pub fn marked(mut self) -> Self {
            self.target.terms.marked = true;
            self
        }

        /// For a function that is not safe to repeat, such as one that adds: each item that is written is [marked](Self::marked), and one
        /// that has the mark is done. The mark stays: it is `_migration_<sequence>`, and later migrations of the sequence replace it.
        ///
        /// A second such verb on the same table in one migration has the mark `_migration_<sequence>_2`, and so on. `delete_where`, `copy_to`
        /// and `put_all` need no mark and leave none: done again they do nothing.
        ///
        /// Items that the application writes anew without the mark while the migration runs are taken for old ones.
        ///
        /// ```
        /// # use migrate_core::{MigrationContext, Table};
        /// # use serde::{Deserialize, Serialize};
        /// # #[derive(Serialize, Deserialize)]
        /// # struct Points { points: u64 }
        /// # async fn f<Customer: Table>(cx: &MigrationContext) -> migrate_core::Result {
        /// cx.table::<Customer>().of::<Points>().exactly_once().update(|customer| customer.points += 100).await?;
        /// # Ok(())
        /// # }
        /// ```
        pub fn exactly_once(mut self) -> Self {
            self.target.terms.exactly_once = true;
            self
        }

        /// Items that fail are put aside as dead letters, and the rest goes on; the migration then fails at its end, unless
        /// [`allow_failures`](Self::allow_failures) says otherwise. `migrate dead-letters N` lists them, and the next `up` tries them again.
        pub fn dead_letter(mut self) -> Self {
            self.target.terms.dead_letter = true;
            self
        }

        /// Up to so many items may fail: they are put aside as by [`dead_letter`](Self::dead_letter), and the migration is applied all the
        /// same.
        pub fn allow_failures(mut self, items: u64) -> Self {
            self.target.terms.allow_failures = items;
            self.dead_letter()
        }
    };
}

pub(super) use choices;
