import { Readable } from 'node:stream'
import type { ListObjectsCommandOutput, S3Client } from '@aws-sdk/client-s3'
import type { FileStorage } from './file-storage.ts'
import { StorageAway } from './storage-failure.ts'
import type { S3Location } from './storage-location.ts'

/** An object has at most 10,000 parts, so a file may have 312 GiB. Two parts of an upload are in memory at a time. */
const PART_BYTES = 32 * 1024 ** 2
const PARTS_AT_A_TIME = 2

/** Bounds on a store that accepts no connection, falls silent or does not begin to answer. Each request is tried twice. */
const CONNECT_TIMEOUT_MS = 3_000
const SILENCE_MS = 30_000
const ANSWER_TIMEOUT_MS = 10_000
const ATTEMPTS = 2

const TIMEOUTS = { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_MS, throwOnRequestTimeout: true }

/** For small requests. An upload takes as long as its bytes arrive. */
const SOON = { requestTimeout: ANSWER_TIMEOUT_MS }

/** Loaded on first use, because most servers keep their files on a disk. */
const load = async () => ({ ...(await import('@aws-sdk/client-s3')), ...(await import('@aws-sdk/lib-storage')) })

type Loaded = Awaited<ReturnType<typeof load>> & { client: S3Client }

/** Stores files in a bucket of any S3 store. The credentials come from the places where AWS' own tools look. */
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
        // Not every store knows the checksums that the library sends by default.
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
      // The store shows a file only when it is complete, and drops its parts when the body breaks off. The iterator does not
      // destroy the body when reading stops, so that `body.errored` is the body's own error.
      const pieces = Readable.from(body.iterator({ destroyOnReturn: false }), { objectMode: false })
      const params = { ...place(key), Body: pieces }
      const upload = new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_A_TIME })
      await upload.done().catch((error) => {
        // The body's own error comes first, because the library reports only the abandoned upload.
        const failure = body.errored ?? new StorageAway(error)
        // Nobody reads the rest of the body.
        body.destroy()
        throw failure
      })
    },
    async get(key, range) {
      const { client, GetObjectCommand, NoSuchKey } = await s3()
      const part = range ? { Range: `bytes=${range.start}-${range.end}` } : {}
      try {
        const { Body } = await client.send(new GetObjectCommand({ ...place(key), ...part }), SOON)
        // The body is always a Readable in Node.
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
    async *list(start) {
      const { client, ListObjectsCommand } = await s3()
      const asked = { Bucket: bucket, Prefix: prefix + start }
      // Version 1 of this request, because every store knows it, and a page begins behind a key, which never expires.
      for (let after: string | undefined = ''; after !== undefined; ) {
        const page: ListObjectsCommandOutput = await client
          .send(new ListObjectsCommand({ ...asked, Marker: after }), SOON)
          .catch((error) => {
            throw new StorageAway(error)
          })
        for (const { Key = '', Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
          yield { key: Key.slice(prefix.length), size: Size, modifiedAt: LastModified }
        }
        after = page.IsTruncated ? page.Contents?.at(-1)?.Key : undefined
      }
    },
  }
}
