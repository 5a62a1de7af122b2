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
       * Whether an answer that shows the field may be kept (`pipeline/kept-answers.ts`). It may if the field depends on the project
       * that the query begins with, on accounts' names, on what the viewer may do in that project, and on nothing else, because
       * `content_versions` counts the changes of just that. A field that does not say it makes its query one that is answered anew
       * each time.
       */
      kept?: true
      /** What it reads of its row besides the id. `expose` says that by itself; a field that does not say it gets the whole row. */
      reads?: readonly (keyof ParentShape & string)[]
      /** What it reads in the statement that reads its row, by its arguments and by what is asked below it. */
      child?: ReadingOptions['child']
      /** Its value is its own row, in another type: what is asked below it is read of the row. */
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
