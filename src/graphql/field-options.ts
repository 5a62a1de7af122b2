// Options of fields that say what a field reads, and whether an answer that shows it may be kept in memory.
import SchemaBuilder, {
  BasePlugin,
  type FieldNullability,
  type InputFieldMap,
  type PothosOutputFieldConfig,
  type SchemaTypes,
  type TypeParam,
} from '@pothos/core'
import type { ReadingOptions } from '../rows/plan-below.ts'

export const FIELD_OPTIONS = 'fieldOptions'

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      fieldOptions: FieldOptionsPlugin<Types>
    }
    export interface FieldOptions<
      Types extends SchemaTypes = SchemaTypes,
      ParentShape = unknown,
      Type extends TypeParam<Types> = TypeParam<Types>,
      Nullable extends FieldNullability<Type> = FieldNullability<Type>,
      Args extends InputFieldMap = InputFieldMap,
      ResolveShape = unknown,
      ResolveReturnShape = unknown,
    > {
      /**
       * Whether an answer that shows the field may be kept (`pipeline/kept-answers.ts`). The field may depend on the project that
       * the query begins with, on the names of accounts, and on what the viewer may do in that project. It must not depend on
       * anything else, because `content_versions` counts only changes of these. An answer with any other field is made again each
       * time.
       */
      kept?: true
      /** The fields of its row that it reads besides the id. `expose` says that by itself. Absent: it gets the whole row. */
      reads?: readonly (keyof ParentShape & string)[]
      /** The child that is read in the same statement as its row, made from its arguments and from the fields below it. */
      child?: ReadingOptions['child']
      /** Its value is its own row under another type, so the fields below it read the same row. */
      sameRow?: true
    }
  }
}

class FieldOptionsPlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override onOutputFieldConfig(config: PothosOutputFieldConfig<Types>): PothosOutputFieldConfig<Types> {
    const { kept, reads, child, sameRow } = config.pothosOptions as ReadingOptions & { kept?: true }
    const given = Object.entries({ kept, reads, child, sameRow }).filter(([, value]) => value !== undefined)
    if (given.length === 0) return config
    return { ...config, extensions: { ...config.extensions, ...Object.fromEntries(given) } }
  }
}

SchemaBuilder.registerPlugin(FIELD_OPTIONS, FieldOptionsPlugin)
