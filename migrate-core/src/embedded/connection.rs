//! The open database, and what keeps it true when other processes use the same file; it never knows HTTP or tokio.

use super::answer::{Answer, Refusal};
use super::error::EngineError;
use super::file::LockFile;
use super::{dispatch, header, strict};
use dynoxide::Database;
use dynoxide::actions::list_tables::ListTablesRequest;
use dynoxide::actions::vector_lifecycle::VectorIndexLifecycle;
use dynoxide::actions::{create_table, delete_table};
use dynoxide::storage::Storage;
use futures_util::FutureExt;
use std::path::Path;

pub(super) struct Connection {
    database: Database,
    /// None for the engine in memory, which no other process can reach.
    file: Option<LockFile>,
    /// The file's generation that `database` knows; None asks for a reopening.
    known: Option<u64>,
}

impl Connection {
    pub(super) fn memory() -> Result<Self, EngineError> {
        let database = Database::memory().map_err(|error| EngineError::from_engine(Path::new(":memory:"), &error))?;
        Ok(Self { database, file: None, known: None })
    }

    pub(super) fn file(file: LockFile) -> Result<Self, EngineError> {
        let held = file.hold()?;
        header::inspect(file.database())?;
        let database = open(file.database())?;
        let known = held.generation().map_err(|error| EngineError::from_io(file.database(), error))?;
        drop(held);
        Ok(Self { database, file: Some(file), known: Some(known) })
    }

    /// Makes the next request open the file again.
    pub(super) fn distrust(&mut self) {
        self.known = None;
    }

    pub(super) fn answer(&mut self, operation: &str, body: &[u8]) -> Answer {
        self.run(operation, body).into()
    }

    fn run(&mut self, operation: &str, body: &[u8]) -> Result<Vec<u8>, Refusal> {
        let Some(file) = &self.file else {
            strict::check(&self.database, operation, body)?;
            return dispatch::run(&self.database, operation, body);
        };
        let path = file.database();
        let unusable = |error: &dyn std::error::Error| Refusal::internal(&error.to_string());
        let held = file.hold().map_err(|error| unusable(&error))?;
        let generation = held.generation().map_err(|error| unusable(&error))?;
        if self.known != Some(generation) {
            self.database = open(path).map_err(|error| unusable(&error))?;
            self.known = Some(generation);
        }
        strict::check(&self.database, operation, body)?;
        if changes_a_table(operation) {
            // Before the change, so that a process that dies after it leaves nobody uninformed.
            self.known = Some(held.advance().map_err(|error| unusable(&error))?);
        }
        match operation {
            "CreateTable" => {
                dispatch::typed(body, |request| whole(path, |storage| create_table::execute(storage, request).now_or_never()))
            }
            "DeleteTable" => {
                let lifecycle = VectorIndexLifecycle::new();
                // This connection still knows the table.
                self.known = None;
                dispatch::typed(body, |request| {
                    whole(path, |storage| delete_table::execute(storage, request, &lifecycle).now_or_never())
                })
            }
            _ => dispatch::run(&self.database, operation, body),
        }
    }
}

fn changes_a_table(operation: &str) -> bool {
    matches!(operation, "CreateTable" | "DeleteTable" | "UpdateTable" | "UpdateTimeToLive" | "TagResource" | "UntagResource")
}

/// Opens the file and reads the list of tables, since SQLite looks at a damaged file only when it needs a page.
fn open(path: &Path) -> Result<Database, EngineError> {
    let Some(name) = path.to_str() else {
        return Err(EngineError::Other { path: path.to_owned(), reason: "the path is not Unicode".to_owned() });
    };
    let database = Database::new(name).map_err(|error| EngineError::from_engine(path, &error))?;
    let mut request = ListTablesRequest::default();
    loop {
        let page = database.list_tables(request).map_err(|error| EngineError::from_engine(path, &error))?;
        for table in &page.table_names {
            database.get_table_metadata(table).map_err(|error| EngineError::from_engine(path, &error))?;
        }
        if page.last_evaluated_table_name.is_none() {
            return Ok(database);
        }
        request =
            ListTablesRequest { exclusive_start_table_name: page.last_evaluated_table_name, ..ListTablesRequest::default() };
    }
}

/// Runs a change of several statements as one. The engine creates and deletes tables statement by statement: a
/// process that is killed between two of them would leave a table that is listed and cannot be used.
fn whole<Response>(
    path: &Path,
    change: impl FnOnce(&Storage) -> Option<dynoxide::Result<Response>>,
) -> dynoxide::Result<Response> {
    let internal = |text: &str| dynoxide::DynoxideError::InternalServerError(text.to_owned());
    let name = path.to_str().ok_or_else(|| internal("the path is not Unicode"))?;
    let storage = Storage::new(name)?;
    storage.begin_transaction()?;
    // The native storage never waits for anything; dropping the connection rolls back.
    let response = change(&storage).ok_or_else(|| internal("the storage did not answer"))??;
    storage.commit()?;
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;
    use dynoxide::DynoxideError;

    #[test]
    fn a_table_is_created_wholly_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("shop.db");
        let request = r#"{"TableName": "things", "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}"#;
        let stopped = whole(&path, |storage| {
            let request = serde_json::from_str(request).unwrap();
            create_table::execute(storage, request).now_or_never().unwrap().unwrap();
            Some(Err::<(), _>(DynoxideError::InternalServerError("stopped".to_owned())))
        });
        assert!(stopped.is_err());
        let tables = open(&path).unwrap().list_tables(ListTablesRequest::default()).unwrap();
        assert!(tables.table_names.is_empty());
    }
}
