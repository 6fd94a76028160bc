export { fileSource } from "./file-source.ts";
export { fileStore, recordFolder } from "./keep.ts";
