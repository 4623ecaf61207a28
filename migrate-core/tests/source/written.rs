// As found in DynamoDB, every setting stated. What is not stated is not managed: take out what is none of this code's business.
// Numbers are `i64`: it is exact. An item whose number has a fraction or more digits is refused, never rounded; for such a table take a
// decimal type, and say `#[table(type = N)]` at the field.
use migrate_core::Table;
use serde::{Deserialize, Serialize};

/// Table `env-a-b.c`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "a-b.c", billing = on_demand(max_write = 11255), stream = new_and_old_images)]
#[table(deletion_protection = false, encryption = aws_managed, point_in_time_recovery = off)]
#[table(warm_throughput(read = 20111, write = 37158), resource_policy = off, kinesis_stream = off)]
#[table(replicas("ap-south-1", "eu-west-1"), tags("\n" = "é \"\\", "a \"b\"" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = key,
    sort_key = attribute,
    projection = keys_only,
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [pk, id, include, r#gen],
    projection = keys_only,
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.2",
    partition_key = [include, self_, key, off_],
    sort_key = [tab, a_b],
    projection = all,
    billing = on_demand(max_read = 12476, max_write = 6713),
    warm_throughput(read = 30572, write = 32634),
    contributor_insights = throttled_keys,
))]
pub struct ABC {
    #[table(partition_key)]
    pub key: String,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    #[serde(rename = "PK", skip_serializing_if = "Option::is_none")]
    pub pk: Option<Bytes>,
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#gen: Option<i64>,
    #[serde(rename = "Self", skip_serializing_if = "Option::is_none")]
    pub self_: Option<Bytes>,
    #[serde(rename = "off", skip_serializing_if = "Option::is_none")]
    pub off_: Option<String>,
    #[serde(rename = "tab\t", skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    #[serde(rename = "a.b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-a_b_c`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "a_b_c", billing = provisioned(read = 35315, write = 34056), stream = new_and_old_images, ttl = off)]
#[table(deletion_protection = true, point_in_time_recovery = on(days = 1), warm_throughput(read = 3143, write = 22669))]
#[table(contributor_insights = off, resource_policy = off, kinesis_stream = off, replicas = off)]
#[table(tags("\n" = "x", "a \"b\"" = "x", "type" = "x"))]
#[table(global_index(
    name = "global.0",
    partition_key = [self_, customer_id, new_line],
    sort_key = attribute_1st,
    projection = keys_only,
    billing = provisioned(read = 9095, write = 36797),
    warm_throughput(read = 265, write = 20487),
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [off_, id, name],
    sort_key = [customer_id, include, tab],
    projection = include(":v", "quote\"d"),
    billing = provisioned(read = 9560, write = 24933),
    warm_throughput(read = 4286, write = 19976),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.2",
    partition_key = [attribute, customer_id],
    sort_key = [off_, crate_, attribute_2],
    projection = include(id),
    billing = provisioned(read = 33236, write = 17587),
    warm_throughput(read = 20323, write = 22630),
    contributor_insights = on,
))]
#[table(local_index(name = "local.0", sort_key = include, projection = include(self_)))]
#[table(local_index(name = "local.1", sort_key = customer_id_2, projection = keys_only))]
pub struct ABC2 {
    #[table(partition_key)]
    #[serde(rename = "off")]
    pub off_: i64,
    #[table(sort_key)]
    #[serde(rename = "ID")]
    pub id: String,
    #[serde(rename = "Self", skip_serializing_if = "Option::is_none")]
    pub self_: Option<String>,
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<String>,
    #[serde(rename = "1st", skip_serializing_if = "Option::is_none")]
    pub attribute_1st: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<Bytes>,
    #[serde(rename = "tab\t", skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    #[serde(rename = "{}", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<String>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<Bytes>,
    #[serde(rename = "customer_id", skip_serializing_if = "Option::is_none")]
    pub customer_id_2: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-a.b_c`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "a.b_c", billing = provisioned(read = 9435, write = 30911), ttl = off, deletion_protection = true)]
#[table(table_class = standard_infrequent_access, encryption = aws_managed, point_in_time_recovery = on(days = 35))]
#[table(resource_policy = off, kinesis_stream = off, replicas = off)]
#[table(tags("\n" = "é \"\\", "a \"b\"" = "x", "cost-center" = "x", "type" = "x"))]
#[table(global_index(
    name = "global.0",
    partition_key = quote_d,
    sort_key = [customer_id, pk, new_line, t],
    projection = include("1st", customer_id_2, "off"),
    billing = provisioned(read = 1876, write = 9959),
    warm_throughput(read = 12284, write = 5567),
    contributor_insights = on,
))]
#[table(local_index(name = "local.0", sort_key = new_line, projection = keys_only))]
#[table(local_index(name = "local.1", sort_key = customer_id_2, projection = all))]
pub struct ABC3 {
    #[table(partition_key)]
    #[serde(rename = "ключ")]
    pub attribute: String,
    #[table(sort_key)]
    #[serde(rename = "🔑")]
    pub attribute_2: String,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<i64>,
    #[serde(rename = "customer-id", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(rename = "PK", skip_serializing_if = "Option::is_none")]
    pub pk: Option<String>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<String>,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<String>,
    #[serde(rename = "customer_id", skip_serializing_if = "Option::is_none")]
    pub customer_id_2: Option<Bytes>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-2024`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "2024", billing = on_demand(max_write = 11019), stream = new_and_old_images, ttl = expires_at)]
#[table(deletion_protection = true, encryption = kms("arn:aws:kms:eu-west-1:123456789012:key/1234abcd"))]
#[table(point_in_time_recovery = on, contributor_insights = on, resource_policy = off)]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = microsecond))]
#[table(replicas = off)]
#[table(tags("\n" = "", "a \"b\"" = "x", "cost-center" = "é \"\\", "team" = "é \"\\", "type" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [t, tab, gsi1_pk],
    sort_key = [back_slash, quote_d, a_b, new_line],
    projection = all,
    warm_throughput(read = 25535, write = 38566),
))]
#[table(global_index(
    name = "global.1",
    partition_key = attribute,
    sort_key = [customer_id, gsi1_pk, t],
    projection = all,
    warm_throughput(read = 8141, write = 19212),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.2",
    partition_key = [customer_id_2, attribute_2, r#gen],
    projection = include("#n", "a b", "crate"),
    warm_throughput(read = 23704, write = 24959),
    contributor_insights = on,
))]
pub struct Table2024 {
    #[table(partition_key)]
    #[serde(rename = "a.b")]
    pub a_b: String,
    #[table(sort_key)]
    #[serde(rename = "back\\slash")]
    pub back_slash: String,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<i64>,
    #[serde(rename = "tab\t", skip_serializing_if = "Option::is_none")]
    pub tab: Option<Bytes>,
    #[serde(rename = "GSI1PK", skip_serializing_if = "Option::is_none")]
    pub gsi1_pk: Option<String>,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<String>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<i64>,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<i64>,
    #[serde(rename = "customer-id", skip_serializing_if = "Option::is_none")]
    pub customer_id_2: Option<Bytes>,
    #[serde(rename = "{}", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#gen: Option<i64>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-___`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "___", billing = on_demand(max_write = off), stream = new_and_old_images, ttl = expires_at)]
#[table(deletion_protection = false, table_class = standard_infrequent_access)]
#[table(encryption = kms("arn:aws:kms:eu-west-1:123456789012:key/1234abcd"), point_in_time_recovery = on)]
#[table(warm_throughput(read = 28775, write = 36914), contributor_insights = throttled_keys)]
#[table(replicas("ap-south-1", "us-gov-west-1"), tags("\n" = "x", "a \"b\"" = "x", "type" = "é \"\\"))]
#[table(local_index(name = "local.0", sort_key = id, projection = keys_only))]
#[table(local_index(name = "local.1", sort_key = attribute_1st, projection = include(attribute_1st, new_line)))]
pub struct Table2 {
    #[table(partition_key)]
    #[serde(rename = "#n")]
    pub n: String,
    #[table(sort_key)]
    #[serde(rename = "new\nline")]
    pub new_line: String,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "1st", skip_serializing_if = "Option::is_none")]
    pub attribute_1st: Option<i64>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-option`.
// point-in-time recovery: unknown (needs dynamodb:DescribeContinuousBackups)
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "option", billing = on_demand(max_write = 9281), stream = keys_only, ttl = off)]
#[table(deletion_protection = false, table_class = standard, encryption = aws_managed, contributor_insights = on)]
#[table(kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes", replicas = off)]
#[table(tags("\n" = "x", "a \"b\"" = "x", "type" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = id,
    sort_key = [new_line, n],
    projection = all,
    contributor_insights = on,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [key, self_, self_2],
    sort_key = [n, new_line],
    projection = all,
    warm_throughput(read = 18289, write = 2900),
    contributor_insights = on,
))]
pub struct Option2 {
    #[table(partition_key)]
    #[serde(rename = ":v")]
    pub v: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<String>,
    #[serde(rename = "#n", skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Bytes>,
    #[serde(rename = "Self", skip_serializing_if = "Option::is_none")]
    pub self_: Option<Bytes>,
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub self_2: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table", billing = on_demand(max_read = 5043, max_write = 16097), stream = new_and_old_images)]
#[table(ttl = expires_at, deletion_protection = true, table_class = standard, point_in_time_recovery = on)]
#[table(warm_throughput(read = 32916, write = 10884), contributor_insights = throttled_keys)]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = microsecond))]
#[table(replicas("ap-south-1", "us-gov-west-1"), tags("\n" = "x", "a \"b\"" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [key, r#type],
    sort_key = [id, attribute, attribute_2, tab],
    projection = keys_only,
    warm_throughput(read = 28601, write = 33304),
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [tab, r#type, attribute],
    sort_key = [a_b, key],
    projection = all,
    contributor_insights = on,
))]
#[table(local_index(name = "local.0", sort_key = include, projection = all))]
pub struct Table3 {
    #[table(partition_key)]
    #[serde(rename = " ")]
    pub attribute: String,
    #[table(sort_key)]
    pub name: Bytes,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<Bytes>,
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<i64>,
    #[serde(rename = "tab\t", skip_serializing_if = "Option::is_none")]
    pub tab: Option<Bytes>,
    #[serde(rename = "a b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<String>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-Self`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "Self", billing = provisioned(read = 20226, write = 14397), stream = new_and_old_images, ttl = off)]
#[table(deletion_protection = true, table_class = standard, encryption = aws_owned)]
#[table(point_in_time_recovery = on(days = 1), warm_throughput(read = 24382, write = 36170), contributor_insights = on)]
#[table(resource_policy = off)]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = millisecond))]
#[table(replicas("ap-south-1", "eu-west-1"))]
#[table(tags("\n" = "x", "a \"b\"" = "é \"\\", "cost-center" = "", "team" = "é \"\\", "type" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [pk, crate_, attribute, back_slash],
    projection = include("\u{202e}turned"),
    billing = provisioned(read = 20713, write = 334),
    warm_throughput(read = 33909, write = 15916),
))]
#[table(global_index(
    name = "global.1",
    partition_key = [v, back_slash, id, n],
    sort_key = [a_b, id_2, attribute],
    projection = all,
    billing = provisioned(read = 26305, write = 10183),
    warm_throughput(read = 32338, write = 4708),
))]
pub struct Self2 {
    #[table(partition_key)]
    #[serde(rename = "#n")]
    pub n: String,
    #[table(sort_key)]
    #[serde(rename = "back\\slash")]
    pub back_slash: String,
    #[serde(rename = "PK", skip_serializing_if = "Option::is_none")]
    pub pk: Option<i64>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<String>,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<i64>,
    #[serde(rename = ":v", skip_serializing_if = "Option::is_none")]
    pub v: Option<String>,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    #[serde(rename = "a b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<i64>,
    #[serde(rename = "id", skip_serializing_if = "Option::is_none")]
    pub id_2: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-customerOrders`.
// point-in-time recovery: unknown (needs dynamodb:DescribeContinuousBackups)
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "customerOrders", billing = on_demand(max_read = 32599), stream = new_and_old_images, ttl = attribute_2)]
#[table(deletion_protection = true, table_class = standard)]
#[table(encryption = kms("arn:aws:kms:eu-west-1:123456789012:key/1234abcd"))]
#[table(warm_throughput(read = 18877, write = 30405), contributor_insights = on, replicas("ap-south-1", "eu-west-1"))]
#[table(tags("\n" = "", "a \"b\"" = "x", "cost-center" = "", "team" = "x", "type" = ""))]
#[table(global_index(
    name = "global.0",
    partition_key = self_,
    sort_key = [a_b, turned, off_],
    projection = include(a_b, name),
))]
#[table(global_index(
    name = "global.1",
    partition_key = [tab, id, attribute_1st, customer_id],
    sort_key = customer_id_2,
    projection = all,
    billing = on_demand(max_read = 7968, max_write = 33509),
    warm_throughput(read = 7886, write = 33115),
))]
#[table(global_index(
    name = "global.2",
    partition_key = [attribute_2, customer_id_2, a_b_2, self_],
    sort_key = [customer_id_3, name, attribute_3, a_b],
    projection = all,
    warm_throughput(read = 31161, write = 15503),
))]
pub struct CustomerOrders {
    #[table(partition_key)]
    #[serde(rename = "🔑")]
    pub attribute: i64,
    #[table(sort_key)]
    pub name: Bytes,
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub self_: Option<String>,
    #[serde(rename = "a b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<String>,
    #[serde(rename = "\u{202e}turned", skip_serializing_if = "Option::is_none")]
    pub turned: Option<Bytes>,
    #[serde(rename = "off", skip_serializing_if = "Option::is_none")]
    pub off_: Option<String>,
    #[serde(rename = "tab\t", skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    #[serde(rename = "1st", skip_serializing_if = "Option::is_none")]
    pub attribute_1st: Option<Bytes>,
    #[serde(rename = "customer-id", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Bytes>,
    #[serde(rename = "customer_id", skip_serializing_if = "Option::is_none")]
    pub customer_id_2: Option<String>,
    #[serde(rename = " ", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<i64>,
    #[serde(rename = "a.b", skip_serializing_if = "Option::is_none")]
    pub a_b_2: Option<Bytes>,
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    pub customer_id_3: Option<i64>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute_3: Option<String>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-CUSTOMER_ORDERS`.
// `policies/CUSTOMER_ORDERS.json`, beside Cargo.toml, is to hold: {"Statement":[{"Sid":"9\n"}],"Version":"2012-10-17"}
// point-in-time recovery: unknown (needs dynamodb:DescribeContinuousBackups)
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "CUSTOMER_ORDERS", billing = on_demand(max_read = 20135), stream = keys_only, ttl = new_line)]
#[table(deletion_protection = false, table_class = standard_infrequent_access, encryption = aws_managed)]
#[table(warm_throughput(read = 9174, write = 4402), contributor_insights = off)]
#[table(resource_policy = "tests/source/policies/CUSTOMER_ORDERS.json")]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = millisecond))]
#[table(replicas = off, tags("\n" = "x", "a \"b\"" = "x", "type" = ""))]
#[table(global_index(
    name = "global.0",
    partition_key = [customer_id, crate_, id, quote_d],
    sort_key = include,
    projection = all,
    billing = on_demand(max_read = off),
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.1",
    partition_key = quote_d,
    sort_key = [a_b, r#gen, gsi1_pk, n],
    projection = include("back\\slash", r#gen, "🔑"),
    warm_throughput(read = 31756, write = 30991),
    contributor_insights = on,
))]
#[table(local_index(name = "local.0", sort_key = off_, projection = include(name, "{}")))]
#[table(local_index(name = "local.1", sort_key = quote_d, projection = keys_only))]
pub struct CustomerOrders2 {
    #[table(partition_key)]
    #[serde(rename = "_id")]
    pub id: Bytes,
    #[table(sort_key)]
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<Bytes>,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<String>,
    #[serde(rename = "a.b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#gen: Option<Bytes>,
    #[serde(rename = "GSI1PK", skip_serializing_if = "Option::is_none")]
    pub gsi1_pk: Option<String>,
    #[serde(rename = "#n", skip_serializing_if = "Option::is_none")]
    pub n: Option<Bytes>,
    #[serde(rename = "off", skip_serializing_if = "Option::is_none")]
    pub off_: Option<String>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-bytes`.
// `policies/bytes.json`, beside Cargo.toml, is to hold: {"Statement":[{"Sid":"10\n"}],"Version":"2012-10-17"}
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "bytes", billing = on_demand(max_write = 25975), stream = new_and_old_images)]
#[table(deletion_protection = true, table_class = standard, encryption = aws_owned)]
#[table(point_in_time_recovery = on(days = 35), contributor_insights = on, resource_policy = "tests/source/policies/bytes.json")]
#[table(kinesis_stream = off, replicas("ap-south-1", "us-gov-west-1"))]
#[table(tags("\n" = "x", "a \"b\"" = "é \"\\", "cost-center" = "", "team" = "é \"\\", "type" = "x"))]
#[table(global_index(
    name = "global.0",
    partition_key = [customer_id, name, id, id_2],
    sort_key = [self_, customer_id_2, a_b, quote_d],
    projection = all,
    billing = on_demand(max_read = off, max_write = 15463),
))]
#[table(global_index(
    name = "global.1",
    partition_key = [customer_id_2, attribute],
    sort_key = [v, t],
    projection = all,
    billing = on_demand(max_read = 38419, max_write = 26550),
    warm_throughput(read = 19716, write = 25511),
    contributor_insights = throttled_keys,
))]
pub struct Bytes2 {
    #[table(partition_key)]
    #[serde(rename = "Self")]
    pub self_: Bytes,
    #[table(sort_key)]
    #[serde(rename = "quote\"d")]
    pub quote_d: String,
    #[serde(rename = "customer-id", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Bytes>,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id_2: Option<String>,
    #[serde(rename = "customer_id", skip_serializing_if = "Option::is_none")]
    pub customer_id_2: Option<Bytes>,
    #[serde(rename = "a b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<i64>,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    #[serde(rename = ":v", skip_serializing_if = "Option::is_none")]
    pub v: Option<i64>,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<Bytes>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-x.1-`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "x.1-", billing = on_demand(max_read = 5043, max_write = 11551), stream = new_image, ttl = expires_at)]
#[table(deletion_protection = false, table_class = standard, point_in_time_recovery = on(days = 35))]
#[table(warm_throughput(read = 30261, write = 23311), contributor_insights = off)]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = microsecond))]
#[table(tags("\n" = "x"))]
#[table(global_index(
    name = "global.0",
    partition_key = attribute_1st,
    sort_key = customer_id,
    projection = include("include"),
    warm_throughput(read = 39191, write = 11726),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [customer_id, attribute_1st],
    sort_key = turned,
    projection = all,
    warm_throughput(read = 30438, write = 7080),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.2",
    partition_key = [attribute, t, attribute_1st],
    sort_key = attribute_2,
    projection = keys_only,
))]
#[table(local_index(name = "local.0", sort_key = attribute_2, projection = include(attribute_2, "customer-id", t)))]
#[table(local_index(name = "local.1", sort_key = t, projection = all))]
pub struct X1 {
    #[table(partition_key)]
    #[serde(rename = "PK")]
    pub pk: i64,
    #[table(sort_key)]
    #[serde(rename = "\u{202e}turned")]
    pub turned: Bytes,
    #[serde(rename = "1st", skip_serializing_if = "Option::is_none")]
    pub attribute_1st: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Bytes>,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<i64>,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<String>,
    #[serde(rename = " ", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<String>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-12`.
// `policies/table-12.json`, beside Cargo.toml, is to hold: {"Statement":[{"Sid":"12\n"}],"Version":"2012-10-17"}
// point-in-time recovery: unknown (needs dynamodb:DescribeContinuousBackups)
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-12", billing = on_demand(max_read = off, max_write = off), stream = new_and_old_images)]
#[table(deletion_protection = true, table_class = standard, encryption = aws_owned)]
#[table(warm_throughput(read = 35933, write = 11856), contributor_insights = off)]
#[table(resource_policy = "tests/source/policies/table-12.json")]
#[table(kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes", replicas("ap-south-1", "eu-west-1"))]
#[table(tags("\n" = "x", "a \"b\"" = "x", "cost-center" = "x", "team" = "x", "type" = "é \"\\"))]
#[table(local_index(name = "local.0", sort_key = quote_d, projection = keys_only))]
#[table(local_index(name = "local.1", sort_key = crate_, projection = all))]
pub struct Table12 {
    #[table(partition_key)]
    #[serde(rename = "ключ")]
    pub attribute: Bytes,
    #[table(sort_key)]
    #[serde(rename = "GSI1PK")]
    pub gsi1_pk: Bytes,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<String>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<String>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-13`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-13", billing = on_demand(max_read = 32361), stream = new_and_old_images, ttl = name)]
#[table(deletion_protection = false, encryption = aws_owned, point_in_time_recovery = on(days = 1))]
#[table(warm_throughput(read = 16419, write = 7807), contributor_insights = throttled_keys, resource_policy = off)]
#[table(kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes", replicas = off)]
#[table(tags("\n" = "", "a \"b\"" = "", "type" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [pk, n, key],
    sort_key = [attribute, gsi1_pk, crate_],
    projection = keys_only,
    billing = on_demand(max_read = 24641, max_write = 29191),
    warm_throughput(read = 21377, write = 22861),
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.1",
    partition_key = pk,
    sort_key = [id, attribute, n],
    projection = keys_only,
    billing = on_demand(max_read = 29102, max_write = 27156),
    warm_throughput(read = 8358, write = 35161),
    contributor_insights = on,
))]
#[table(global_index(
    name = "global.2",
    partition_key = [id, n, off_, name],
    sort_key = [attribute, a_b],
    projection = include(key, "ключ", "\u{202e}turned"),
    warm_throughput(read = 37143, write = 30071),
    contributor_insights = throttled_keys,
))]
pub struct Table13 {
    #[table(partition_key)]
    #[serde(rename = "off")]
    pub off_: Bytes,
    #[serde(rename = "PK", skip_serializing_if = "Option::is_none")]
    pub pk: Option<Bytes>,
    #[serde(rename = "#n", skip_serializing_if = "Option::is_none")]
    pub n: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<Bytes>,
    #[serde(rename = "{}", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<i64>,
    #[serde(rename = "GSI1PK", skip_serializing_if = "Option::is_none")]
    pub gsi1_pk: Option<Bytes>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<Bytes>,
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<i64>,
    #[serde(rename = "a b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<Bytes>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-14`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-14", billing = on_demand(max_read = 18659, max_write = 9588), stream = new_image)]
#[table(ttl = expires_at, deletion_protection = true, table_class = standard, encryption = aws_owned)]
#[table(point_in_time_recovery = on(days = 35), warm_throughput(read = 33267, write = 12759))]
#[table(contributor_insights = throttled_keys, resource_policy = off, kinesis_stream = off, replicas = off)]
#[table(tags("\n" = "x", "a \"b\"" = "x", "cost-center" = "x", "team" = "é \"\\", "type" = "x"))]
#[table(global_index(
    name = "global.0",
    partition_key = [customer_id, key, pk, a_b],
    sort_key = [tab, self_],
    projection = keys_only,
    billing = on_demand(max_write = 26741),
    warm_throughput(read = 34045, write = 37561),
    contributor_insights = on,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [n, new_line, attribute, self_2],
    sort_key = [name, customer_id, attribute_1st],
    projection = keys_only,
    billing = on_demand(max_read = 3883),
    warm_throughput(read = 30960, write = 28460),
))]
#[table(local_index(name = "local.0", sort_key = new_line, projection = include("ID", customer_id)))]
#[table(local_index(name = "local.1", sort_key = key, projection = keys_only))]
pub struct Table14 {
    #[table(partition_key)]
    pub name: String,
    #[table(sort_key)]
    #[serde(rename = "1st")]
    pub attribute_1st: String,
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(rename = "PK", skip_serializing_if = "Option::is_none")]
    pub pk: Option<i64>,
    #[serde(rename = "a.b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<String>,
    #[serde(rename = "tab\t", skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    #[serde(rename = "Self", skip_serializing_if = "Option::is_none")]
    pub self_: Option<String>,
    #[serde(rename = "#n", skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<Bytes>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub self_2: Option<Bytes>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-15`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-15", billing = provisioned(read = 20252, write = 19668), stream = new_and_old_images)]
#[table(deletion_protection = true, table_class = standard_infrequent_access, encryption = aws_owned)]
#[table(point_in_time_recovery = on(days = 35), resource_policy = off)]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = microsecond))]
#[table(replicas("ap-south-1", "eu-west-1"), tags("\n" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [v, attribute, back_slash, tab],
    sort_key = [turned, key, a_b, n],
    projection = keys_only,
    billing = provisioned(read = 28148, write = 1213),
))]
#[table(local_index(name = "local.0", sort_key = customer_id, projection = all))]
pub struct Table15 {
    #[table(partition_key)]
    pub include: i64,
    #[table(sort_key)]
    #[serde(rename = "back\\slash")]
    pub back_slash: String,
    #[serde(rename = ":v", skip_serializing_if = "Option::is_none")]
    pub v: Option<Bytes>,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<Bytes>,
    #[serde(rename = "tab\t", skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    #[serde(rename = "\u{202e}turned", skip_serializing_if = "Option::is_none")]
    pub turned: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(rename = "a b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<Bytes>,
    #[serde(rename = "#n", skip_serializing_if = "Option::is_none")]
    pub n: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-16`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-16", billing = on_demand(max_write = off), stream = new_and_old_images, ttl = attribute_2)]
#[table(deletion_protection = true, table_class = standard_infrequent_access, encryption = aws_owned)]
#[table(point_in_time_recovery = on(days = 35), warm_throughput(read = 34444, write = 14287))]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = microsecond))]
#[table(replicas("ap-south-1", "eu-west-1"))]
#[table(tags("\n" = "x", "a \"b\"" = "é \"\\", "cost-center" = "é \"\\", "team" = "", "type" = "x"))]
#[table(global_index(name = "global.0", partition_key = id, projection = all, contributor_insights = off))]
pub struct Table16 {
    #[table(partition_key)]
    #[serde(rename = "a b")]
    pub a_b: String,
    #[table(sort_key)]
    #[serde(rename = "{}")]
    pub attribute: String,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<Bytes>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-17`.
// `policies/table-17.json`, beside Cargo.toml, is to hold: {"Statement":[{"Sid":"17\n"}],"Version":"2012-10-17"}
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-17", billing = on_demand(max_read = off, max_write = 9136), stream = old_image)]
#[table(deletion_protection = true, point_in_time_recovery = on(days = 1), warm_throughput(read = 1600, write = 5728))]
#[table(contributor_insights = off, resource_policy = "tests/source/policies/table-17.json", kinesis_stream = off, replicas = off)]
#[table(tags("\n" = "é \"\\", "a \"b\"" = "é \"\\", "cost-center" = "x", "team" = "x", "type" = "x"))]
#[table(global_index(
    name = "global.0",
    partition_key = new_line,
    sort_key = [id, pk, name],
    projection = include(id),
    billing = on_demand(max_read = 38924, max_write = off),
    warm_throughput(read = 39231, write = 1771),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.1",
    partition_key = attribute,
    sort_key = [attribute_2, back_slash, crate_],
    projection = include("Self"),
    warm_throughput(read = 13461, write = 19910),
    contributor_insights = on,
))]
#[table(global_index(
    name = "global.2",
    partition_key = [key, pk, a_b, new_line],
    sort_key = id,
    projection = keys_only,
    billing = on_demand(max_read = 36436, max_write = 4729),
    warm_throughput(read = 2470, write = 28014),
    contributor_insights = on,
))]
pub struct Table17 {
    #[table(partition_key)]
    #[serde(rename = "🔑")]
    pub attribute: i64,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<String>,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "PK", skip_serializing_if = "Option::is_none")]
    pub pk: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<String>,
    #[serde(rename = "back\\slash", skip_serializing_if = "Option::is_none")]
    pub back_slash: Option<String>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(rename = "a b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<String>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-18`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-18", billing = on_demand(max_read = 1253, max_write = 26561), stream = new_and_old_images)]
#[table(ttl = v, deletion_protection = false, table_class = standard_infrequent_access, point_in_time_recovery = on)]
#[table(warm_throughput(read = 22800, write = 32803), contributor_insights = on)]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = millisecond))]
#[table(replicas("ap-south-1", "us-gov-west-1"))]
#[table(tags("\n" = "x", "a \"b\"" = "é \"\\", "cost-center" = "", "type" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = quote_d,
    sort_key = t,
    projection = keys_only,
    billing = on_demand(max_read = off, max_write = 36841),
    warm_throughput(read = 22746, write = 23358),
    contributor_insights = throttled_keys,
))]
#[table(local_index(name = "local.0", sort_key = customer_id, projection = all))]
#[table(local_index(name = "local.1", sort_key = id, projection = include("new\nline")))]
pub struct Table18 {
    #[table(partition_key)]
    #[serde(rename = ":v")]
    pub v: i64,
    #[table(sort_key)]
    #[serde(rename = "PK")]
    pub pk: String,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<i64>,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-19`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-19", billing = on_demand(max_read = 32227, max_write = off), stream = new_and_old_images)]
#[table(ttl = expires_at, deletion_protection = true, table_class = standard, encryption = aws_managed)]
#[table(point_in_time_recovery = on(days = 1), warm_throughput(read = 31524, write = 17906), contributor_insights = on)]
#[table(kinesis_stream = off, replicas("ap-south-1", "us-gov-west-1"))]
#[table(tags("\n" = "", "a \"b\"" = "", "cost-center" = "", "team" = "", "type" = ""))]
#[table(global_index(
    name = "global.0",
    partition_key = [v, customer_id, name],
    sort_key = [attribute, t],
    projection = include(new_line, "tab\t"),
    billing = on_demand(max_read = 17365, max_write = off),
    warm_throughput(read = 22360, write = 17618),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [attribute_2, crate_, n],
    projection = all,
    billing = on_demand(max_read = 2406, max_write = 6389),
    warm_throughput(read = 1357, write = 39073),
))]
#[table(local_index(name = "local.0", sort_key = v, projection = include(" ", new_line)))]
#[table(local_index(name = "local.1", sort_key = new_line, projection = keys_only))]
pub struct Table19 {
    #[table(partition_key)]
    #[serde(rename = "self")]
    pub self_: String,
    #[table(sort_key)]
    #[serde(rename = "off")]
    pub off_: String,
    #[serde(rename = ":v", skip_serializing_if = "Option::is_none")]
    pub v: Option<String>,
    #[serde(rename = "customer-id", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<i64>,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<i64>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<String>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<i64>,
    #[serde(rename = "#n", skip_serializing_if = "Option::is_none")]
    pub n: Option<Bytes>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<String>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-20`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-20", billing = provisioned(read = 14540, write = 7625), stream = keys_only, ttl = expires_at)]
#[table(deletion_protection = false, encryption = kms("arn:aws:kms:eu-west-1:123456789012:key/1234abcd"))]
#[table(point_in_time_recovery = on, warm_throughput(read = 28230, write = 31910), contributor_insights = on)]
#[table(resource_policy = off, tags("\n" = "é \"\\", "a \"b\"" = "é \"\\", "type" = ""))]
#[table(global_index(
    name = "global.0",
    partition_key = [customer_id, name, back_slash],
    sort_key = [attribute_1st, attribute, t],
    projection = keys_only,
    billing = provisioned(read = 9471, write = 30525),
    warm_throughput(read = 18398, write = 17261),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [quote_d, id, turned, v],
    projection = all,
    billing = provisioned(read = 33232, write = 4224),
    warm_throughput(read = 6804, write = 37902),
    contributor_insights = on,
))]
#[table(local_index(name = "local.0", sort_key = name, projection = all))]
pub struct Table20 {
    #[table(partition_key)]
    #[serde(rename = ":v")]
    pub v: i64,
    #[table(sort_key)]
    #[serde(rename = "\u{202e}turned")]
    pub turned: String,
    #[serde(rename = "customer-id", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<i64>,
    #[serde(rename = "back\\slash", skip_serializing_if = "Option::is_none")]
    pub back_slash: Option<Bytes>,
    #[serde(rename = "1st", skip_serializing_if = "Option::is_none")]
    pub attribute_1st: Option<Bytes>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<Bytes>,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<Bytes>,
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-21`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-21", billing = on_demand(max_write = 11964), stream = new_and_old_images, ttl = crate_)]
#[table(deletion_protection = true, table_class = standard, encryption = aws_owned)]
#[table(point_in_time_recovery = on(days = 1), contributor_insights = on, resource_policy = off)]
#[table(kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes", replicas("ap-south-1", "eu-west-1"))]
#[table(tags("\n" = "é \"\\", "a \"b\"" = "é \"\\", "type" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [turned, id, new_line, include],
    sort_key = [tab, r#gen],
    projection = keys_only,
    billing = on_demand(max_read = off, max_write = 13694),
    warm_throughput(read = 28450, write = 39931),
    contributor_insights = off,
))]
pub struct Table21 {
    #[table(partition_key)]
    #[serde(rename = " ")]
    pub attribute: Bytes,
    #[table(sort_key)]
    #[serde(rename = "{}")]
    pub attribute_2: String,
    #[serde(rename = "\u{202e}turned", skip_serializing_if = "Option::is_none")]
    pub turned: Option<i64>,
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id: Option<Bytes>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<String>,
    #[serde(rename = "tab\t", skip_serializing_if = "Option::is_none")]
    pub tab: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#gen: Option<String>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-22`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-22", billing = on_demand(max_read = 19735, max_write = 4672), stream = new_and_old_images)]
#[table(ttl = off, deletion_protection = false, table_class = standard_infrequent_access, encryption = aws_owned)]
#[table(point_in_time_recovery = on, warm_throughput(read = 11276, write = 38076))]
#[table(kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes", replicas = off)]
#[table(tags("\n" = "x", "a \"b\"" = "", "cost-center" = "x", "team" = "", "type" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [turned, back_slash, id_2],
    sort_key = [id, off_, attribute, gsi1_pk],
    projection = include(gsi1_pk),
    billing = on_demand(max_read = off, max_write = 35516),
    warm_throughput(read = 1275, write = 9402),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [customer_id, back_slash],
    projection = keys_only,
    billing = on_demand(max_read = 25651),
    warm_throughput(read = 15416, write = 2159),
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.2",
    partition_key = id_2,
    projection = all,
    billing = on_demand(max_read = off),
    warm_throughput(read = 19277, write = 21059),
    contributor_insights = on,
))]
#[table(local_index(name = "local.0", sort_key = r#gen, projection = include("quote\"d", "été", "🔑")))]
pub struct Table22 {
    #[table(partition_key)]
    #[serde(rename = "crate")]
    pub crate_: Bytes,
    #[table(sort_key)]
    #[serde(rename = "ID")]
    pub id: Bytes,
    #[serde(rename = "\u{202e}turned", skip_serializing_if = "Option::is_none")]
    pub turned: Option<String>,
    #[serde(rename = "back\\slash", skip_serializing_if = "Option::is_none")]
    pub back_slash: Option<i64>,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id_2: Option<String>,
    #[serde(rename = "off", skip_serializing_if = "Option::is_none")]
    pub off_: Option<String>,
    #[serde(rename = "{}", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<i64>,
    #[serde(rename = "GSI1PK", skip_serializing_if = "Option::is_none")]
    pub gsi1_pk: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#gen: Option<Bytes>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-23`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-23", billing = provisioned(read = 30146, write = 7332), stream = new_and_old_images)]
#[table(ttl = expires_at, deletion_protection = true, table_class = standard)]
#[table(encryption = kms("arn:aws:kms:eu-west-1:123456789012:key/1234abcd"), point_in_time_recovery = on(days = 1))]
#[table(warm_throughput(read = 3311, write = 9107))]
#[table(kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes", replicas("ap-south-1", "eu-west-1"))]
#[table(tags("\n" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [attribute_2, tab, attribute_3, customer_id],
    sort_key = [attribute_4, customer_id_2],
    projection = include("a.b", "back\\slash", "new\nline"),
    billing = provisioned(read = 12608, write = 14882),
    warm_throughput(read = 9722, write = 688),
    contributor_insights = on,
))]
pub struct Table23 {
    #[table(partition_key)]
    #[serde(rename = " ")]
    pub attribute: String,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<i64>,
    #[serde(rename = "tab\t", skip_serializing_if = "Option::is_none")]
    pub tab: Option<Bytes>,
    #[serde(rename = "{}", skip_serializing_if = "Option::is_none")]
    pub attribute_3: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<i64>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute_4: Option<Bytes>,
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    pub customer_id_2: Option<String>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-24`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-24", billing = on_demand(max_write = 15419), stream = new_and_old_images, ttl = off)]
#[table(deletion_protection = true, table_class = standard_infrequent_access, encryption = aws_owned)]
#[table(point_in_time_recovery = on(days = 1))]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = microsecond))]
#[table(replicas("ap-south-1", "eu-west-1"), tags("\n" = "é \"\\", "a \"b\"" = "é \"\\", "type" = "x"))]
#[table(global_index(
    name = "global.0",
    partition_key = turned,
    sort_key = [attribute_1st, back_slash, off_],
    projection = keys_only,
    billing = on_demand(max_read = off),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [quote_d, turned, attribute_2, crate_],
    projection = include(":v", "ключ"),
    billing = on_demand(max_write = off),
    warm_throughput(read = 15601, write = 4381),
))]
#[table(global_index(
    name = "global.2",
    partition_key = [attribute_1st, attribute],
    sort_key = back_slash,
    projection = all,
    billing = on_demand(max_read = 23383, max_write = 33930),
    warm_throughput(read = 29558, write = 38855),
    contributor_insights = on,
))]
pub struct Table24 {
    #[table(partition_key)]
    pub id: Bytes,
    #[table(sort_key)]
    #[serde(rename = " ")]
    pub attribute: Bytes,
    #[serde(rename = "\u{202e}turned", skip_serializing_if = "Option::is_none")]
    pub turned: Option<Bytes>,
    #[serde(rename = "1st", skip_serializing_if = "Option::is_none")]
    pub attribute_1st: Option<i64>,
    #[serde(rename = "back\\slash", skip_serializing_if = "Option::is_none")]
    pub back_slash: Option<Bytes>,
    #[serde(rename = "off", skip_serializing_if = "Option::is_none")]
    pub off_: Option<String>,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<String>,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<String>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<String>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-25`.
// point-in-time recovery: unknown (needs dynamodb:DescribeContinuousBackups)
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-25", billing = on_demand(max_read = 6900, max_write = off), stream = new_and_old_images)]
#[table(ttl = off, deletion_protection = false, table_class = standard_infrequent_access, contributor_insights = on)]
#[table(resource_policy = off, kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes")]
#[table(replicas("ap-south-1", "eu-west-1"), tags("\n" = "x"))]
#[table(local_index(name = "local.0", sort_key = v, projection = keys_only))]
pub struct Table25 {
    #[table(partition_key)]
    #[serde(rename = "\u{202e}turned")]
    pub turned: String,
    #[table(sort_key)]
    pub name: String,
    #[serde(rename = ":v", skip_serializing_if = "Option::is_none")]
    pub v: Option<String>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-26`.
// point-in-time recovery: unknown (needs dynamodb:DescribeContinuousBackups)
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-26", billing = on_demand(max_read = 13590), stream = new_and_old_images, ttl = expires_at)]
#[table(deletion_protection = true, table_class = standard_infrequent_access)]
#[table(warm_throughput(read = 22472, write = 25553), replicas("ap-south-1", "us-gov-west-1"))]
#[table(tags("\n" = "é \"\\", "a \"b\"" = "x"))]
#[table(global_index(
    name = "global.0",
    partition_key = [back_slash, new_line, attribute_1st, r#type],
    sort_key = [gsi1_pk, id, attribute],
    projection = all,
    warm_throughput(read = 12803, write = 19583),
    contributor_insights = on,
))]
pub struct Table26 {
    #[table(partition_key)]
    pub include: Bytes,
    #[table(sort_key)]
    pub r#type: Bytes,
    #[serde(rename = "back\\slash", skip_serializing_if = "Option::is_none")]
    pub back_slash: Option<Bytes>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<String>,
    #[serde(rename = "1st", skip_serializing_if = "Option::is_none")]
    pub attribute_1st: Option<String>,
    #[serde(rename = "GSI1PK", skip_serializing_if = "Option::is_none")]
    pub gsi1_pk: Option<String>,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-27`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-27", billing = on_demand(max_write = 11756), stream = new_and_old_images, ttl = expires_at)]
#[table(deletion_protection = true, table_class = standard_infrequent_access, encryption = aws_managed)]
#[table(point_in_time_recovery = on, warm_throughput(read = 3409, write = 14397), contributor_insights = on)]
#[table(resource_policy = off)]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = millisecond))]
#[table(replicas("ap-south-1", "eu-west-1"), tags("\n" = "é \"\\", "a \"b\"" = "x", "type" = ""))]
#[table(global_index(
    name = "global.0",
    partition_key = [attribute, customer_id, attribute_2],
    sort_key = [new_line, key, crate_, a_b],
    projection = all,
    billing = on_demand(max_read = 13760),
    warm_throughput(read = 22525, write = 12616),
    contributor_insights = on,
))]
#[table(local_index(name = "local.0", sort_key = off_, projection = keys_only))]
pub struct Table27 {
    #[table(partition_key)]
    pub id: String,
    #[table(sort_key)]
    #[serde(rename = "customer-id")]
    pub customer_id: String,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<Bytes>,
    #[serde(rename = "🔑", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<Bytes>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<Bytes>,
    #[serde(rename = "a b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<String>,
    #[serde(rename = "off", skip_serializing_if = "Option::is_none")]
    pub off_: Option<Bytes>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-28`.
// point-in-time recovery: unknown (needs dynamodb:DescribeContinuousBackups)
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-28", billing = on_demand(max_write = 38276), stream = new_and_old_images, ttl = expires_at)]
#[table(deletion_protection = false, contributor_insights = throttled_keys)]
#[table(kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes")]
#[table(replicas("ap-south-1", "us-gov-west-1"))]
#[table(tags("\n" = "x", "a \"b\"" = "x", "cost-center" = "é \"\\", "team" = "é \"\\", "type" = ""))]
#[table(local_index(name = "local.0", sort_key = crate_, projection = keys_only))]
#[table(local_index(name = "local.1", sort_key = quote_d, projection = all))]
pub struct Table28 {
    #[table(partition_key)]
    pub include: Bytes,
    #[table(sort_key)]
    #[serde(rename = "{}")]
    pub attribute: i64,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<i64>,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<String>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-29`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-29", billing = provisioned(read = 17033, write = 31833), stream = new_and_old_images, ttl = off)]
#[table(deletion_protection = true, table_class = standard)]
#[table(encryption = kms("arn:aws:kms:eu-west-1:123456789012:key/1234abcd"), point_in_time_recovery = on(days = 35))]
#[table(warm_throughput(read = 37755, write = 37417), contributor_insights = throttled_keys)]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = microsecond))]
#[table(replicas = off, tags("\n" = ""))]
#[table(global_index(
    name = "global.0",
    partition_key = [pk, gsi1_pk, n, include],
    projection = all,
    billing = provisioned(read = 37794, write = 13815),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [r#type, t, attribute_2, id],
    sort_key = [include, attribute],
    projection = all,
    billing = provisioned(read = 35819, write = 35997),
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.2",
    partition_key = [turned, pk],
    sort_key = [id, r#type],
    projection = include(turned),
    billing = provisioned(read = 35941, write = 821),
    warm_throughput(read = 11366, write = 37450),
    contributor_insights = on,
))]
#[table(local_index(name = "local.0", sort_key = id_2, projection = all))]
#[table(local_index(name = "local.1", sort_key = id_3, projection = all))]
pub struct Table29 {
    #[table(partition_key)]
    pub include: Bytes,
    #[table(sort_key)]
    #[serde(rename = "🔑")]
    pub attribute: String,
    #[serde(rename = "PK", skip_serializing_if = "Option::is_none")]
    pub pk: Option<String>,
    #[serde(rename = "GSI1PK", skip_serializing_if = "Option::is_none")]
    pub gsi1_pk: Option<Bytes>,
    #[serde(rename = "#n", skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<Bytes>,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<String>,
    #[serde(rename = "{}", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "\u{202e}turned", skip_serializing_if = "Option::is_none")]
    pub turned: Option<Bytes>,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id_2: Option<String>,
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id_3: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-30`.
// `policies/table-30.json`, beside Cargo.toml, is to hold: {"Statement":[{"Sid":"30\n"}],"Version":"2012-10-17"}
// point-in-time recovery: unknown (needs dynamodb:DescribeContinuousBackups)
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-30", billing = on_demand(max_read = 20172, max_write = 16186), stream = keys_only, ttl = off)]
#[table(deletion_protection = false, encryption = aws_managed, warm_throughput(read = 31748, write = 17048))]
#[table(contributor_insights = on, resource_policy = "tests/source/policies/table-30.json")]
#[table(kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes")]
#[table(tags("\n" = "x", "a \"b\"" = "", "cost-center" = "x", "team" = "x", "type" = "x"))]
#[table(local_index(name = "local.0", sort_key = quote_d, projection = all))]
#[table(local_index(name = "local.1", sort_key = v, projection = all))]
pub struct Table30 {
    #[table(partition_key)]
    pub include: String,
    #[table(sort_key)]
    pub id: String,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<Bytes>,
    #[serde(rename = ":v", skip_serializing_if = "Option::is_none")]
    pub v: Option<Bytes>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-31`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-31", billing = on_demand(max_write = 26823), stream = new_and_old_images, ttl = t)]
#[table(deletion_protection = true, encryption = kms("arn:aws:kms:eu-west-1:123456789012:key/1234abcd"))]
#[table(point_in_time_recovery = on(days = 1), resource_policy = off, replicas("ap-south-1", "us-gov-west-1"))]
#[table(tags("\n" = "é \"\\", "a \"b\"" = "x", "cost-center" = "", "type" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [id_2, customer_id, n],
    sort_key = [turned, quote_d],
    projection = include("name", "{}"),
    billing = on_demand(max_read = off, max_write = off),
    warm_throughput(read = 32390, write = 10450),
    contributor_insights = throttled_keys,
))]
#[table(local_index(name = "local.0", sort_key = n, projection = all))]
pub struct Table31 {
    #[table(partition_key)]
    #[serde(rename = "ID")]
    pub id: Bytes,
    #[table(sort_key)]
    #[serde(rename = "off")]
    pub off_: Bytes,
    #[serde(rename = "id", skip_serializing_if = "Option::is_none")]
    pub id_2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(rename = "#n", skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    #[serde(rename = "\u{202e}turned", skip_serializing_if = "Option::is_none")]
    pub turned: Option<Bytes>,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<String>,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-32`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-32", billing = provisioned(read = 3948, write = 18778), stream = new_and_old_images, ttl = a_b)]
#[table(deletion_protection = true, table_class = standard_infrequent_access, encryption = aws_owned)]
#[table(point_in_time_recovery = on, warm_throughput(read = 22967, write = 26004), resource_policy = off)]
#[table(kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes")]
#[table(replicas("ap-south-1", "us-gov-west-1"), tags("\n" = ""))]
#[table(global_index(
    name = "global.0",
    partition_key = [off_, customer_id, r#gen],
    sort_key = [customer_id_2, tab, id],
    projection = all,
    billing = provisioned(read = 29554, write = 20500),
    warm_throughput(read = 23655, write = 33924),
    contributor_insights = on,
))]
pub struct Table32 {
    #[table(partition_key)]
    #[serde(rename = "tab\t")]
    pub tab: i64,
    #[table(sort_key)]
    #[serde(rename = "été")]
    pub t: i64,
    #[serde(rename = "off", skip_serializing_if = "Option::is_none")]
    pub off_: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#gen: Option<String>,
    #[serde(rename = "customer-id", skip_serializing_if = "Option::is_none")]
    pub customer_id_2: Option<String>,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    #[serde(rename = "a.b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-33`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-33", billing = provisioned(read = 38414, write = 27247), stream = new_and_old_images)]
#[table(ttl = expires_at, deletion_protection = true, table_class = standard_infrequent_access)]
#[table(encryption = aws_managed, point_in_time_recovery = on(days = 35), contributor_insights = throttled_keys)]
#[table(resource_policy = off, replicas("ap-south-1", "us-gov-west-1"), tags("\n" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [attribute, key, attribute_2, include],
    projection = keys_only,
    billing = provisioned(read = 34053, write = 25296),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.1",
    partition_key = [v, include],
    sort_key = [a_b, new_line, quote_d],
    projection = all,
    billing = provisioned(read = 7514, write = 1709),
    warm_throughput(read = 2288, write = 38346),
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.2",
    partition_key = [id, back_slash, customer_id, attribute],
    sort_key = [off_, self_, attribute_2, id_2],
    projection = include(a_b),
    billing = provisioned(read = 8590, write = 17435),
    warm_throughput(read = 26934, write = 22975),
))]
pub struct Table33 {
    #[table(partition_key)]
    pub r#gen: String,
    #[serde(rename = " ", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<Bytes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<i64>,
    #[serde(rename = ":v", skip_serializing_if = "Option::is_none")]
    pub v: Option<Bytes>,
    #[serde(rename = "a.b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<String>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<i64>,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<i64>,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<Bytes>,
    #[serde(rename = "back\\slash", skip_serializing_if = "Option::is_none")]
    pub back_slash: Option<i64>,
    #[serde(rename = "customer-id", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    #[serde(rename = "off", skip_serializing_if = "Option::is_none")]
    pub off_: Option<String>,
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    pub self_: Option<String>,
    #[serde(rename = "ID", skip_serializing_if = "Option::is_none")]
    pub id_2: Option<i64>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-34`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-34", billing = provisioned(read = 1955, write = 13018), stream = new_and_old_images)]
#[table(ttl = expires_at, deletion_protection = false, table_class = standard, encryption = aws_managed)]
#[table(point_in_time_recovery = on, warm_throughput(read = 22876, write = 35188), resource_policy = off)]
#[table(replicas("ap-south-1", "eu-west-1"))]
#[table(tags("\n" = "x", "a \"b\"" = "x", "cost-center" = "é \"\\", "type" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [customer_id, n, id],
    sort_key = [back_slash, turned, crate_],
    projection = include("a b", "gen"),
    billing = provisioned(read = 34122, write = 22248),
    warm_throughput(read = 10514, write = 31496),
    contributor_insights = throttled_keys,
))]
#[table(global_index(
    name = "global.1",
    partition_key = quote_d,
    sort_key = tab,
    projection = include(id, "self"),
    billing = provisioned(read = 21215, write = 23029),
    warm_throughput(read = 37481, write = 12366),
    contributor_insights = throttled_keys,
))]
pub struct Table34 {
    #[table(partition_key)]
    pub include: String,
    #[table(sort_key)]
    #[serde(rename = "🔑")]
    pub attribute: String,
    #[serde(rename = "customer-id", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<Bytes>,
    #[serde(rename = "#n", skip_serializing_if = "Option::is_none")]
    pub n: Option<Bytes>,
    #[serde(rename = "_id", skip_serializing_if = "Option::is_none")]
    pub id: Option<Bytes>,
    #[serde(rename = "back\\slash", skip_serializing_if = "Option::is_none")]
    pub back_slash: Option<String>,
    #[serde(rename = "\u{202e}turned", skip_serializing_if = "Option::is_none")]
    pub turned: Option<String>,
    #[serde(rename = "crate", skip_serializing_if = "Option::is_none")]
    pub crate_: Option<String>,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<String>,
    #[serde(rename = "tab\t", skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-35`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-35", billing = provisioned(read = 15326, write = 14958), stream = new_and_old_images)]
#[table(deletion_protection = true, table_class = standard, point_in_time_recovery = on(days = 35))]
#[table(warm_throughput(read = 3120, write = 7182), contributor_insights = throttled_keys)]
#[table(replicas("ap-south-1", "us-gov-west-1"))]
#[table(tags("\n" = "", "a \"b\"" = "x", "cost-center" = "", "team" = "", "type" = "x"))]
#[table(global_index(
    name = "global.0",
    partition_key = [customer_id, t],
    sort_key = [include, a_b, r#gen],
    projection = include("back\\slash", off_, "quote\"d"),
    billing = provisioned(read = 31265, write = 7779),
    warm_throughput(read = 29238, write = 35693),
    contributor_insights = off,
))]
#[table(local_index(name = "local.0", sort_key = a_b, projection = keys_only))]
pub struct Table35 {
    #[table(partition_key)]
    #[serde(rename = "off")]
    pub off_: String,
    #[table(sort_key)]
    #[serde(rename = "\u{202e}turned")]
    pub turned: Bytes,
    #[serde(rename = "customerId", skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<i64>,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub include: Option<i64>,
    #[serde(rename = "a b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#gen: Option<String>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-36`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-36", billing = provisioned(read = 23766, write = 35404), stream = off, ttl = customer_id)]
#[table(deletion_protection = true, table_class = standard)]
#[table(encryption = kms("arn:aws:kms:eu-west-1:123456789012:key/1234abcd"), point_in_time_recovery = on(days = 1))]
#[table(warm_throughput(read = 21464, write = 14954), contributor_insights = throttled_keys, replicas = off)]
#[table(tags("\n" = "x", "a \"b\"" = "é \"\\", "cost-center" = "x", "team" = "x", "type" = "é \"\\"))]
#[table(global_index(
    name = "global.0",
    partition_key = [n, r#type, self_, name],
    sort_key = customer_id,
    projection = all,
    billing = provisioned(read = 7471, write = 19396),
    warm_throughput(read = 34954, write = 19471),
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.1",
    partition_key = attribute,
    sort_key = [pk, a_b],
    projection = include(attribute_1st),
    billing = provisioned(read = 39643, write = 15476),
    warm_throughput(read = 6043, write = 9475),
    contributor_insights = off,
))]
#[table(global_index(
    name = "global.2",
    partition_key = [quote_d, name],
    sort_key = back_slash,
    projection = keys_only,
    billing = provisioned(read = 33224, write = 6895),
    warm_throughput(read = 21358, write = 13253),
))]
#[table(local_index(name = "local.0", sort_key = attribute_1st, projection = keys_only))]
#[table(local_index(name = "local.1", sort_key = r#type, projection = all))]
pub struct Table36 {
    #[table(partition_key)]
    #[serde(rename = "PK")]
    pub pk: String,
    #[table(sort_key)]
    #[serde(rename = "_id")]
    pub id: String,
    #[serde(rename = "#n", skip_serializing_if = "Option::is_none")]
    pub n: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
    #[serde(rename = "Self", skip_serializing_if = "Option::is_none")]
    pub self_: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<i64>,
    #[serde(rename = "{}", skip_serializing_if = "Option::is_none")]
    pub attribute: Option<Bytes>,
    #[serde(rename = "a b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<Bytes>,
    #[serde(rename = "quote\"d", skip_serializing_if = "Option::is_none")]
    pub quote_d: Option<i64>,
    #[serde(rename = "back\\slash", skip_serializing_if = "Option::is_none")]
    pub back_slash: Option<String>,
    #[serde(rename = "1st", skip_serializing_if = "Option::is_none")]
    pub attribute_1st: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-37`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-37", billing = on_demand(max_read = 10228, max_write = 27018), stream = old_image)]
#[table(ttl = expires_at, deletion_protection = true, table_class = standard, encryption = aws_owned)]
#[table(point_in_time_recovery = on(days = 1), contributor_insights = off, resource_policy = off)]
#[table(kinesis_stream = stream("arn:aws:kinesis:eu-west-1:123456789012:stream/changes", precision = millisecond))]
#[table(tags("\n" = ""))]
pub struct Table37 {
    #[table(partition_key)]
    pub key: Bytes,
    #[serde(rename = "expiresAt", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-38`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-38", billing = on_demand(max_read = 32485, max_write = 21728), stream = old_image)]
#[table(ttl = new_line, deletion_protection = true, table_class = standard_infrequent_access)]
#[table(point_in_time_recovery = off, warm_throughput(read = 7857, write = 4923), contributor_insights = off)]
#[table(resource_policy = off, kinesis_stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/changes")]
#[table(replicas = off, tags("\n" = "x", "a \"b\"" = "x", "cost-center" = "x", "team" = "x", "type" = "é \"\\"))]
#[table(local_index(name = "local.0", sort_key = back_slash, projection = keys_only))]
pub struct Table38 {
    #[table(partition_key)]
    #[serde(rename = "customer-id")]
    pub customer_id: Bytes,
    #[table(sort_key)]
    #[serde(rename = "tab\t")]
    pub tab: String,
    #[serde(rename = "back\\slash", skip_serializing_if = "Option::is_none")]
    pub back_slash: Option<Bytes>,
    #[serde(rename = "new\nline", skip_serializing_if = "Option::is_none")]
    pub new_line: Option<i64>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Table `env-table-39`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
#[table(name = "table-39", billing = on_demand(max_read = off, max_write = 16868), stream = old_image, ttl = gsi1_pk)]
#[table(deletion_protection = false, table_class = standard_infrequent_access, encryption = aws_managed)]
#[table(point_in_time_recovery = on(days = 1), contributor_insights = throttled_keys, resource_policy = off)]
#[table(replicas = off, tags("\n" = "", "a \"b\"" = "é \"\\", "cost-center" = "x", "team" = "x", "type" = "x"))]
#[table(global_index(
    name = "global.0",
    partition_key = [id, attribute_2],
    sort_key = [t, gsi1_pk, a_b],
    projection = all,
    billing = on_demand(max_read = 10174, max_write = 33553),
))]
pub struct Table39 {
    #[table(partition_key)]
    #[serde(rename = "🔑")]
    pub attribute: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(rename = "ключ", skip_serializing_if = "Option::is_none")]
    pub attribute_2: Option<i64>,
    #[serde(rename = "été", skip_serializing_if = "Option::is_none")]
    pub t: Option<String>,
    #[serde(rename = "GSI1PK", skip_serializing_if = "Option::is_none")]
    pub gsi1_pk: Option<i64>,
    #[serde(rename = "a.b", skip_serializing_if = "Option::is_none")]
    pub a_b: Option<Bytes>,
    // DynamoDB knows the attributes of keys alone: add those that the code uses.
}

/// Bytes as DynamoDB stores them; a `Vec<u8>` would be stored as a list of numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Bytes;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Bytes, E> {
                Ok(Bytes(bytes.to_vec()))
            }
        }
        deserializer.deserialize_byte_buf(Visitor)
    }
}

impl migrate_core::KeyAttribute for Bytes {
    const SCALAR: migrate_core::schema::ScalarType = migrate_core::schema::ScalarType::B;
}
