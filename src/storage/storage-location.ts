import { z } from 'zod'
import { parseUrl } from '../foundation/parse-url.ts'

const EXPECTED = 'must look like s3://bucket/folder?region=eu-central-1&endpoint=https://s3.example.com'

/** A bucket and the prefix of its keys, which is empty or a folder that ends with a slash. */
export type S3Location = { bucket: string; prefix: string; endpoint: string | undefined; region: string }

const Location = z.object({
  protocol: z.literal('s3:'),
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/),
  prefix: z.string(),
  region: z.string().min(1).default('us-east-1'),
  endpoint: z.url({ protocol: /^https?$/ }).optional(),
})

/** The value of STORAGE. Without it files are in a folder of this machine. */
export const StorageLocation = z
  .string()
  .transform((text, context): S3Location => {
    const url = parseUrl(text)
    const folder = url?.pathname.replace(/^\/+|\/+$/g, '') ?? ''
    const parsed = Location.safeParse({
      ...Object.fromEntries(url?.searchParams ?? []),
      protocol: url?.protocol,
      bucket: url?.host,
      prefix: folder && `${folder}/`,
    })
    if (parsed.success) {
      const { bucket, prefix, endpoint, region } = parsed.data
      return { bucket, prefix, endpoint, region }
    }
    context.addIssue({ code: 'custom', message: EXPECTED })
    return z.NEVER
  })
  .optional()
