//! What the macros write down: static data, turned into a [`TableSchema`] here and registered through `inventory`.

use super::{
    Aspect, Attribute, AttributeKind, Billing, Encryption, GlobalIndex, Handling, Hazard, IndexKey, IndexName, Insights,
    KeyElement, KinesisStream, LocalIndex, Management, Policy, Precision, PrimaryKey, Projection, Recovery, ScalarType, Setting,
    StreamView, TableClass, TableName, TableSchema, Throughput,
};
use crate::migration::Location;

/// Name and type of a key attribute.
pub type Element = (&'static str, ScalarType);

/// A projection as a constant.
#[derive(Clone, Copy, Debug)]
pub enum ProjectionDeclaration {
    /// Every attribute.
    All,
    /// None.
    KeysOnly,
    /// These.
    Include(&'static [&'static str]),
}

/// A global index as a constant.
#[derive(Clone, Copy, Debug)]
pub struct GlobalIndexDeclaration {
    /// Its name.
    pub name: &'static str,
    /// Partition attributes in order.
    pub partition: &'static [Element],
    /// Sort attributes in order.
    pub sort: &'static [Element],
    /// What it holds.
    pub projection: ProjectionDeclaration,
    /// Its capacity, if stated.
    pub billing: Option<Billing>,
    /// Its warm throughput, if stated.
    pub warm_throughput: Setting<Throughput>,
    /// Its contributor insights, if stated.
    pub contributor_insights: Setting<Insights>,
}

impl GlobalIndexDeclaration {
    /// An index of this shape that states nothing else.
    pub const fn new(
        name: &'static str,
        partition: &'static [Element],
        sort: &'static [Element],
        projection: ProjectionDeclaration,
    ) -> Self {
        let (billing, warm_throughput, contributor_insights) = (None, Setting::Unmanaged, Setting::Unmanaged);
        Self { name, partition, sort, projection, billing, warm_throughput, contributor_insights }
    }
}

/// Whose key encrypts a table, as a constant.
#[derive(Clone, Copy, Debug)]
pub enum EncryptionDeclaration {
    /// DynamoDB's own.
    AwsOwned,
    /// The account's `aws/dynamodb` key.
    AwsManaged,
    /// This key.
    Customer(&'static str),
}

/// A local index as a constant.
#[derive(Clone, Copy, Debug)]
pub struct LocalIndexDeclaration {
    /// Its name.
    pub name: &'static str,
    /// Its sort attribute.
    pub sort: Element,
    /// What it holds.
    pub projection: ProjectionDeclaration,
}

/// A table as a constant. The derive checks it; nothing else makes one.
#[derive(Clone, Debug)]
pub struct TableDeclaration {
    /// The logical name.
    pub name: &'static str,
    /// The partition key.
    pub partition_key: Element,
    /// The sort key.
    pub sort_key: Option<Element>,
    /// Name, kind and optionality of each field.
    pub attributes: &'static [(&'static str, AttributeKind, bool)],
    /// Global indexes.
    pub global_indexes: &'static [GlobalIndexDeclaration],
    /// Local indexes.
    pub local_indexes: &'static [LocalIndexDeclaration],
    /// Billing, if stated.
    pub billing: Option<Billing>,
    /// The stream, if stated.
    pub stream: Setting<StreamView>,
    /// The time to live, if stated.
    pub ttl: Setting<&'static str>,
    /// Deletion protection, if stated.
    pub deletion_protection: Option<bool>,
    /// The table class, if stated.
    pub table_class: Option<TableClass>,
    /// Encryption, if stated.
    pub encryption: Option<EncryptionDeclaration>,
    /// Point-in-time recovery, if stated.
    pub point_in_time_recovery: Setting<Recovery>,
    /// The tags that are stated.
    pub tags: &'static [(&'static str, Setting<&'static str>)],
    /// Warm throughput, if stated.
    pub warm_throughput: Setting<Throughput>,
    /// Contributor insights, if stated.
    pub contributor_insights: Setting<Insights>,
    /// The resource policy's document, if stated.
    pub resource_policy: Setting<&'static str>,
    /// The Kinesis stream's ARN and precision, if stated.
    pub kinesis_stream: Setting<(&'static str, Option<Precision>)>,
    /// The regions of its replicas, if stated.
    pub replicas: Setting<&'static [&'static str]>,
    /// Who changes it.
    pub management: Management,
    /// Settings that are left alone.
    pub ignore: &'static [Aspect],
    /// Hazards that are accepted.
    pub accept: &'static [Hazard],
    /// The sequence that owns it, where it is another one.
    pub owner: Option<&'static str>,
}

impl TableDeclaration {
    /// A table of this name and key that states nothing else: what the derive starts from.
    pub const fn new(name: &'static str, partition_key: Element) -> Self {
        Self {
            name,
            partition_key,
            sort_key: None,
            attributes: &[],
            global_indexes: &[],
            local_indexes: &[],
            billing: None,
            stream: Setting::Unmanaged,
            ttl: Setting::Unmanaged,
            deletion_protection: None,
            table_class: None,
            encryption: None,
            point_in_time_recovery: Setting::Unmanaged,
            tags: &[],
            warm_throughput: Setting::Unmanaged,
            contributor_insights: Setting::Unmanaged,
            resource_policy: Setting::Unmanaged,
            kinesis_stream: Setting::Unmanaged,
            replicas: Setting::Unmanaged,
            management: Management::Manage,
            ignore: &[],
            accept: &[],
            owner: None,
        }
    }
}

impl TableDeclaration {
    /// The schema that it states.
    pub fn schema(&self) -> TableSchema {
        TableSchema {
            name: TableName::checked(self.name),
            key: PrimaryKey { partition: element(self.partition_key), sort: self.sort_key.map(element) },
            attributes: self
                .attributes
                .iter()
                .map(|&(name, kind, optional)| Attribute { name: name.to_owned(), kind, optional })
                .collect(),
            global_indexes: self
                .global_indexes
                .iter()
                .map(|index| {
                    let key = IndexKey {
                        partition: index.partition.iter().copied().map(element).collect(),
                        sort: index.sort.iter().copied().map(element).collect(),
                    };
                    let global = GlobalIndex {
                        billing: index.billing,
                        warm_throughput: index.warm_throughput,
                        contributor_insights: index.contributor_insights,
                        ..GlobalIndex::new(key, projection(index.projection))
                    };
                    (IndexName::checked(index.name), global)
                })
                .collect(),
            local_indexes: self
                .local_indexes
                .iter()
                .map(|index| {
                    let local = LocalIndex { sort: element(index.sort), projection: projection(index.projection) };
                    (IndexName::checked(index.name), local)
                })
                .collect(),
            billing: self.billing,
            stream: self.stream,
            ttl: self.ttl.map(str::to_owned),
            deletion_protection: self.deletion_protection,
            table_class: self.table_class,
            encryption: self.encryption.map(|encryption| match encryption {
                EncryptionDeclaration::AwsOwned => Encryption::AwsOwned,
                EncryptionDeclaration::AwsManaged => Encryption::AwsManaged,
                EncryptionDeclaration::Customer(key) => Encryption::Customer(key.to_owned()),
            }),
            point_in_time_recovery: self.point_in_time_recovery,
            tags: self.tags.iter().map(|&(key, value)| (key.to_owned(), value.map(str::to_owned))).collect(),
            warm_throughput: self.warm_throughput,
            contributor_insights: self.contributor_insights,
            resource_policy: self.resource_policy.map(Policy::unchecked),
            kinesis_stream: self.kinesis_stream.map(|(arn, precision)| KinesisStream { arn: arn.to_owned(), precision }),
            replicas: self.replicas.map(|regions| regions.iter().map(|&region| region.to_owned()).collect()),
            handling: Handling {
                management: self.management,
                ignore: self.ignore.iter().copied().collect(),
                accept: self.accept.iter().copied().collect(),
                owner: self.owner.map(str::to_owned),
            },
        }
    }
}

fn element((name, scalar): Element) -> KeyElement {
    KeyElement::new(name, scalar)
}

fn projection(declared: ProjectionDeclaration) -> Projection {
    match declared {
        ProjectionDeclaration::All => Projection::All,
        ProjectionDeclaration::KeysOnly => Projection::KeysOnly,
        ProjectionDeclaration::Include(names) => Projection::Include(names.iter().map(|&name| name.to_owned()).collect()),
    }
}

/// A declared table, as linked into a binary.
#[derive(Debug)]
pub struct TableEntry {
    /// The name of the sequence that declares it.
    pub sequence: &'static str,
    /// Its schema.
    pub schema: fn() -> TableSchema,
    /// Where the derive stands.
    pub location: Location,
}
inventory::collect!(TableEntry);

/// Consent in code to drop a table or an index, as linked into a binary: `drop_table!`, `drop_index!`.
#[derive(Debug)]
pub struct DropEntry {
    /// The name of the sequence that consents.
    pub sequence: &'static str,
    /// The table's logical name.
    pub table: &'static str,
    /// The index's name; `None` drops the whole table.
    pub index: Option<&'static str>,
    /// Where the macro stands.
    pub location: Location,
}
inventory::collect!(DropEntry);
