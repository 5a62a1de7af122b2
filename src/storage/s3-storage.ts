import { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import type { FileStorage } from './file-storage.ts'
import { StorageAway } from './storage-failure.ts'
import type { S3Location } from './storage-location.ts'

/** An object has at most 10,000 parts, so a file may have 312 GiB; two parts of an upload are in memory at a time. */
const PART_BYTES = 32 * 1024 ** 2
const PARTS_AT_A_TIME = 2

/** A store that does not accept a connection, says nothing on one, or does not begin to answer. Each is tried twice. */
const CONNECT_TIMEOUT_MS = 3_000
const SILENCE_MS = 30_000
const ANSWER_TIMEOUT_MS = 10_000
const ATTEMPTS = 2

const TIMEOUTS = { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_MS, throwOnRequestTimeout: true }

/** For a question that is one packet; an upload takes as long as its bytes come. */
const SOON = { requestTimeout: ANSWER_TIMEOUT_MS }

/** Loaded when it is needed: most servers keep their files on a disk. */
const load = async () => ({ ...(await import('@aws-sdk/client-s3')), ...(await import('@aws-sdk/lib-storage')) })

type Loaded = Awaited<ReturnType<typeof load>> & { client: S3Client }

/** A bucket of any store that speaks S3. Credentials come from where AWS' own tools look for them. */
export function createS3Storage({ bucket, prefix, endpoint, region }: S3Location): FileStorage {
  let loading: Promise<Loaded> | undefined
  const s3 = () => {
    loading ??= load().then((library) => ({
      ...library,
      client: new library.S3Client({
        region,
        maxAttempts: ATTEMPTS,
        requestHandler: TIMEOUTS,
        ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
        // Other stores than Amazon's do not all know the checksums that are sent by default.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      }),
    }))
    return loading
  }
  const place = (key: string) => ({ Bucket: bucket, Key: prefix + key })

  return {
    async put(key, body) {
      const { client, Upload } = await s3()
      // Nothing is visible before it is complete; what was sent is given up when the body breaks.
      // Who stops reading leaves the body as it is, so that an error of it is its own.
      const pieces = Readable.from(body.iterator({ destroyOnReturn: false }), { objectMode: false })
      const params = { ...place(key), Body: pieces }
      const upload = new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_A_TIME })
      await upload.done().catch((error) => {
        // Not what became of giving it up.
        const failure = body.errored ?? new StorageAway(error)
        // Nobody reads on.
        body.destroy()
        throw failure
      })
    },
    async get(key, range) {
      const { client, GetObjectCommand, NoSuchKey } = await s3()
      const part = range ? { Range: `bytes=${range.start}-${range.end}` } : {}
      try {
        const { Body } = await client.send(new GetObjectCommand({ ...place(key), ...part }), SOON)
        // In Node it is one.
        return (Body as Readable | undefined) ?? null
      } catch (error) {
        if (error instanceof NoSuchKey) return null
        throw new StorageAway(error)
      }
    },
    async remove(key) {
      const { client, DeleteObjectCommand } = await s3()
      await client.send(new DeleteObjectCommand(place(key)), SOON).catch((error) => {
        throw new StorageAway(error)
      })
    },
  }
}
