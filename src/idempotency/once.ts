// A write with an Idempotency-Key records what it has made in its own transaction. When its process dies before the answer is
// kept, the repeated request finds the record, makes what is missing and returns what was made.
import { deserialize, serialize } from 'node:v8'
import type { Context } from '../context/context.ts'
import type { KeyedSteps } from '../context/keyed-steps.ts'
import { db, type Tx } from '../database/db.ts'
import { Prisma } from '../generated/prisma/client.ts'
import { type Claim, recordStep, withStep } from './idempotency-service.ts'
import { nameOf, openAnswer, sealAnswer } from './sealed-answer.ts'

export function stepsOf(claim: Claim): KeyedSteps {
  let step = -1
  const seal = (made: unknown) => Buffer.from(sealAnswer(claim, serialize(made).toString('base64'))).toString('base64')
  const open = (sealed: string) =>
    deserialize(Buffer.from(openAnswer(claim, Buffer.from(sealed, 'base64')), 'base64')) as unknown
  return {
    isRepetition: claim.done !== null,
    hasMade: claim.done?.steps !== undefined,
    next() {
      step += 1
      const made = claim.done?.steps?.[step]
      if (made === undefined) return null
      return { made: typeof made === 'string' ? open(made) : made }
    },
    record: (tx, made) => recordStep(tx, claim, step, seal(made)),
    mark: () => ({
      ...{ userId: claim.userId, key: nameOf(claim), createdAt: claim.createdAt },
      ...{ step, standing: claim.standing },
    }),
  }
}

/** `source` selects the mark of each row as `mark`, or null. */
const marked = (source: Prisma.Sql) => Prisma.sql`(${source}) AS source,
  json_to_record(source.mark) AS m ("userId" int, key text, "createdAt" timestamptz, step int, standing jsonb)`

const isOwn = Prisma.sql`user_id = m."userId" AND idempotency_records.key = m.key AND created_at = m."createdAt" AND response IS NULL`

/**
 * Locks the keys that their attempts still hold. Nothing may be written for the other keys, because a statement that has lost its
 * server may run after another attempt has taken over.
 */
export const heldKeys = (source: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT user_id, idempotency_records.key FROM idempotency_records, ${marked(source)} WHERE ${isOwn} FOR UPDATE OF idempotency_records`

/** The condition that `held`, the result of `heldKeys`, contains the key of the mark, or that there is no mark. */
export const isHeld = (mark: Prisma.Sql): Prisma.Sql => Prisma.sql`(json_typeof(${mark}) IS DISTINCT FROM 'object'
  OR EXISTS (SELECT FROM held WHERE held.key = ${mark} ->> 'key' AND held.user_id = (${mark} ->> 'userId')::int))`

/** The statement that records rows. `source` also selects the ID of each row as `id`. */
export const recordRows = (source: Prisma.Sql): Prisma.Sql => Prisma.sql`
  UPDATE idempotency_records SET done = ${withStep(Prisma.sql`m.step`, Prisma.sql`source.id`, Prisma.sql`m.standing`)}
  FROM ${marked(source)} WHERE ${isOwn}`

type UseCase<Input, Made> = (context: Context, input: Input) => Promise<Made>

/**
 * Wraps a use case that writes in one transaction by `transact`. A repeated request gets what was made, and makes nothing.
 * Without `transact` a use case records the ID of a row, and `find` loads the row.
 */
export const once =
  <Input, Made>(useCase: UseCase<Input, Made>, find?: UseCase<number, Made>): UseCase<Input, Made> =>
  async (context, input) => {
    const before = context.steps?.next()
    if (!before) return useCase(context, input)
    return find ? find(context, before.made as number) : (before.made as Made)
  }

/** The transaction of a use case in `once`. Records its result for a repeated request. */
export const transact = <Made>({ steps }: Context, write: (tx: Tx) => Promise<Made>): Promise<Made> =>
  db.$transaction(async (tx) => {
    const made = await write(tx)
    await steps?.record(tx, made)
    return made
  })
