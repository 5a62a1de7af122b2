import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { type GraphQLSchema, parse, validate } from 'graphql'
import { z } from 'zod'
import { StartError } from '../../database/start-error.ts'
import { sha256 } from './texts.ts'

/** Texts of operations by their SHA-256 in hexadecimal, and by the hashes that a manifest gives them. */
export type TrustedDocuments = ReadonlyMap<string, string>

const Manifest = z.record(z.string(), z.string())

/** A `.json` file maps hashes to texts, as GraphQL Code Generator writes it; a `.graphql` file is one text. */
function documentsIn(file: string): [hash: string, text: string][] {
  const content = readFileSync(file, 'utf8')
  const named = file.endsWith('.json') ? Object.entries(Manifest.parse(JSON.parse(content))) : []
  const texts = file.endsWith('.json') ? named.map(([, text]) => text) : [content]
  return [...named, ...texts.map((text): [string, string] => [sha256(text), text])]
}

function readDocuments(folder: string, schema: GraphQLSchema): [string, string][] {
  const files = readdirSync(folder).filter((name) => /\.(?:graphql|json)$/.test(name))
  if (files.length === 0) throw new StartError(`TRUSTED_DOCUMENTS: ${folder} has no .graphql or .json file`)
  return files.flatMap((name) => {
    const documents = documentsIn(path.join(folder, name))
    const [problem] = documents.flatMap(([, text]) => validate(schema, parse(text)))
    if (problem) throw new StartError(`TRUSTED_DOCUMENTS: ${name}: ${problem.message}`)
    return documents
  })
}

/** All of the folder's documents. Throws a StartError that names the file which cannot be read, or does not fit the schema. */
export function loadTrustedDocuments(folder: string, schema: GraphQLSchema): TrustedDocuments {
  try {
    return new Map(readDocuments(folder, schema))
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`TRUSTED_DOCUMENTS: ${error instanceof Error ? error.message : error}`)
  }
}
