//! AWS's list prices, as constants, and how an amount follows from them; knows no table and no step.
//!
//! On demand <https://aws.amazon.com/dynamodb/pricing/on-demand/>, provisioned <https://aws.amazon.com/dynamodb/pricing/provisioned/>:
//! region us-east-1, as listed since 2024-11-01, without free tier, reserved capacity and taxes. In millionths of a dollar.

use crate::budget::request_prices;
use crate::schema::{TableClass, Throughput};

/// The hours of a month, as AWS's calculator counts them.
const HOURS: u64 = 730;
/// The bytes of a GB, as AWS bills it.
const GB: u128 = 1 << 30;

/// Point-in-time recovery, for a GB in a month, whatever its period.
const RECOVERY: u64 = 200_000;
/// A backup on demand, for a GB in a month.
const BACKUP: u64 = 100_000;

/// What warm throughput costs once, for each unit more: as much as an hour of provisioned capacity of class standard.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html>
const WARM: Throughput = Throughput { read: 130, write: 650 };

/// A GB of storage in a month.
const fn storage_gb(class: TableClass) -> u64 {
    match class {
        TableClass::Standard => 250_000,
        TableClass::StandardInfrequentAccess => 100_000,
    }
}

/// A provisioned unit for an hour.
const fn provisioned_hour(class: TableClass) -> Throughput {
    match class {
        TableClass::Standard => Throughput { read: 130, write: 650 },
        TableClass::StandardInfrequentAccess => Throughput { read: 160, write: 810 },
    }
}

/// Storage for a month.
pub(super) fn storage(bytes: u64, class: TableClass) -> i64 {
    of(bytes, storage_gb(class), GB)
}

/// Point-in-time recovery for a month.
pub(super) fn recovery(bytes: u64) -> i64 {
    of(bytes, RECOVERY, GB)
}

/// A backup for a month.
pub(super) fn backup(bytes: u64) -> i64 {
    of(bytes, BACKUP, GB)
}

/// Writes on demand, once.
pub(super) fn writes(units: u64, class: TableClass) -> i64 {
    of(units, request_prices(class).write, 1_000_000)
}

/// Reads on demand, once.
pub(super) fn reads(units: u64, class: TableClass) -> i64 {
    of(units, request_prices(class).read, 1_000_000)
}

/// Provisioned capacity for a month.
pub(super) fn provisioned(units: Throughput, class: TableClass) -> i64 {
    let hour = provisioned_hour(class);
    sum(of(units.read, hour.read * HOURS, 1), of(units.write, hour.write * HOURS, 1))
}

/// Warm throughput, raised once.
pub(super) fn warm(from: Throughput, to: Throughput) -> i64 {
    sum(of(to.read.saturating_sub(from.read), WARM.read, 1), of(to.write.saturating_sub(from.write), WARM.write, 1))
}

fn of(amount: u64, price: u64, per: u128) -> i64 {
    i64::try_from(u128::from(amount) * u128::from(price) / per).unwrap_or(i64::MAX)
}

fn sum(a: i64, b: i64) -> i64 {
    a.saturating_add(b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use TableClass::{Standard, StandardInfrequentAccess as Infrequent};

    const TEN_GB: u64 = 10 << 30;

    #[test]
    fn a_bill_worked_out_by_hand() {
        // 10 GB at $0.25 and $0.10, recovery at $0.20, backup at $0.10.
        assert_eq!([storage(TEN_GB, Standard), storage(TEN_GB, Infrequent)], [2_500_000, 1_000_000]);
        assert_eq!([recovery(TEN_GB), backup(TEN_GB)], [2_000_000, 1_000_000]);
        // 2,000,000 writes at $0.625 and $0.78 a million.
        assert_eq!([writes(2_000_000, Standard), writes(2_000_000, Infrequent)], [1_250_000, 1_560_000]);
        // 2,000,000 reads at $0.125 and $0.155 a million.
        assert_eq!([reads(2_000_000, Standard), reads(2_000_000, Infrequent)], [250_000, 310_000]);
        // 10 × $0.00013 × 730 + 5 × $0.00065 × 730 = $0.949 + $2.3725.
        assert_eq!(provisioned(Throughput { read: 10, write: 5 }, Standard), 3_321_500);
        // 28,000 × $0.00013 + 96,000 × $0.00065 = $3.64 + $62.40.
        let (from, to) = (Throughput { read: 12_000, write: 4_000 }, Throughput { read: 40_000, write: 100_000 });
        assert_eq!(warm(from, to), 66_040_000);
        assert_eq!(warm(to, from), 0, "it is never lowered");
    }

    #[test]
    fn nothing_overflows() {
        let most = Throughput { read: u64::MAX, write: u64::MAX };
        assert_eq!([storage(u64::MAX, Standard), provisioned(most, Standard)], [4_294_967_295_999_999, i64::MAX]);
    }
}
