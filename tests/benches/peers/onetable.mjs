// A migration of onetable-migrate, with OneTable's batches: a scan in 8 segments, whole items back, without a condition.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { Dynamo } from 'dynamodb-onetable/Dynamo'
import { Table } from 'dynamodb-onetable'
import { Migrate } from 'onetable-migrate'
import { PAGE, SEGMENTS, TABLE, config, email, finish } from './common.mjs'

const text = { type: String }
const schema = {
    format: 'onetable:1.1.0',
    version: '0.0.1',
    indexes: { primary: { hash: 'id' } },
    params: { isoDates: true, timestamps: false },
    models: {
        Order: {
            id: { type: String, required: true },
            customer: text,
            email: text,
            status: text,
            total: { type: Number },
            currency: text,
            placed_on: text,
            carrier: text,
            address: text,
            note: text,
        },
    },
}

let done = 0
const migration = {
    version: '0.0.1',
    description: 'Lower-cases every e-mail address',
    schema,
    async up(db, migrate, params) {
        const Order = db.getModel('Order')
        const segment = async (segment) => {
            let next
            do {
                const items = await Order.scan({}, { segment, segments: SEGMENTS, limit: PAGE, maxPages: 1, next })
                for (let at = 0; at < items.length; at += 25) {
                    const batch = {}
                    for (const item of items.slice(at, at + 25)) {
                        await Order.create({ ...item, email: email(item.email) }, { batch, exists: null })
                        done += 1
                    }
                    await db.batchWrite(batch)
                }
                next = items.next
            } while (next)
        }
        await Promise.all(Array.from({ length: SEGMENTS }, (_, number) => segment(number)))
    },
    async down() {},
}

const table = new Table({ client: new Dynamo({ client: new DynamoDBClient(config) }), name: TABLE, schema, partial: true })
const log = { info() {}, error: console.error }
const migrate = new Migrate(table, { migrations: [migration], log })
await migrate.init()
await migrate.apply('up', '0.0.1')
finish(done)
