import type { CodegenConfig } from '@graphql-codegen/cli'

const types = {
  useTypeImports: true,
  importExtension: '.ts',
  enumsAsTypes: true,
  strictScalars: true,
  scalars: {
    Time: 'string',
    JSON: 'unknown',
    ReleaseID: 'string',
    ReleasesLinkID: 'string',
    MilestoneID: 'string',
    UserID: 'string',
    GroupID: 'string',
    AccessTokenID: 'string',
    SessionID: 'string',
    CiFreezePeriodID: 'string',
    ProtectedTagID: 'string',
    WebhookID: 'string',
    WebhookDeliveryID: 'string',
  },
} as const

/**
 * Types of the operations that tests send, from schema.graphql, and of the documents that the doors ask: what no longer fits the
 * schema does not compile.
 */
const config: CodegenConfig = {
  generates: {
    'test/generated/': {
      schema: 'schema.graphql',
      documents: ['test/**/*.ts', '!test/generated/**', '!test/**/node_modules/**'],
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { ...types, documentMode: 'string' },
    },
    'src/generated/documents.ts': {
      schema: ['schema.graphql', 'internal.graphql'],
      documents: 'src/http/**/*-documents.ts',
      plugins: ['typescript-operations'],
      // What JSON holds the reader of a field knows.
      config: { ...types, scalars: { ...types.scalars, JSON: 'any' } },
    },
  },
}

export default config
