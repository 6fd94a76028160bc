// What we use of dynalite 4.0.0: its rules and its actions, without its server and its LevelDB.

declare module "dynalite/db/index.js" {
  type DynaliteError = import("./dynalite.ts").DynaliteError;
  type Item = import("./dynalite.ts").Item;
  type TableDescription = import("./dynalite.ts").TableDescription;

  const db: {
    createKey(item: Item, table: TableDescription): string;
    validateKey(key: Item, table: TableDescription): DynaliteError | undefined;
    validateItem(item: Item, table: TableDescription): DynaliteError | undefined;
    checkConditional(data: object, existing: Item | undefined): DynaliteError | null | undefined;
    updateIndexes(
      store: object,
      table: TableDescription,
      existing: Item | null | undefined,
      item: Item | null | undefined,
      done: (error?: unknown) => void,
    ): void;
  };
  export default db;
}

declare module "dynalite/validations/index.js" {
  const validations: {
    checkTypes(data: object, types: object): Record<string, unknown>;
    checkValidations(data: object, types: object, custom: unknown, store: object): void;
  };
  export default validations;
}

declare module "dynalite/validations/*" {
  const rules: { types: Record<string, unknown>; custom?: unknown };
  export default rules;
}

declare module "dynalite/actions/*" {
  const act: (
    store: object,
    data: object,
    done: (error: unknown, output?: Record<string, unknown>) => void,
  ) => void;
  export default act;
}
