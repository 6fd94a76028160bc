import { XMLParser, XMLValidator } from "fast-xml-parser";
import { malformedXml } from "../refusals.ts";

/**
 * How a value of the SDK lies in S3's XML. Texts, numbers and the like are elements of their
 * member's name; a list is its element repeated, inside a wrapper of its own or not.
 */
export type Shape =
  | "text"
  | "number"
  | "boolean"
  | "date"
  | { members: Readonly<Record<string, Shape>> }
  | { each: Shape; element: string; wrapper?: string }
  | { named: string; as: Shape }
  /** In an attribute of the element, as a grantee's type is. */
  | { attribute: string };

export function struct(members: Record<string, Shape>): Shape {
  return { members };
}

/** Elements side by side in the parent: `<Rule/><Rule/>`. */
export function flat(element: string, each: Shape = "text"): Shape {
  return { each, element };
}

/** Elements in one of their own: `<TagSet><Tag/></TagSet>`. */
export function list(wrapper: string, element: string, each: Shape = "text"): Shape {
  return { each, element, wrapper };
}

export function named(element: string, as: Shape = "text"): Shape {
  return { named: element, as };
}

/** A whole document. */
export function write(root: string, shape: Shape, value: unknown): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${writeElement(root, shape, value, NAMESPACE)}`;
}

export function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a key may hold any of them
  return text.replace(/[<>&"\u0000-\u001f\u007f-\u009f]/g, (mark) => {
    return ENTITIES[mark] ?? `&#x${mark.charCodeAt(0).toString(16).toUpperCase()};`;
  });
}

/**
 * Reads a document of a shape. Elements that the shape does not know are not looked at.
 *
 * @throws Refusal `MalformedXML`
 */
export function read(text: string, root: string, shape: Shape): unknown {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text) || XMLValidator.validate(text) !== true)
    throw malformedXml();
  const document = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    removeNSPrefix: true,
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    processEntities: false,
    isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
  }).parse(text) as Tree;
  const [found] = asArray(document[root]);
  if (found === undefined) throw malformedXml();
  return readValue(found, shape);
}

type Tree = { [name: string]: unknown };

function writeElement(name: string, shape: Shape, value: unknown, attributes = ""): string {
  if (value === undefined || value === null) return "";
  if (typeof shape === "string") {
    return `<${name}${attributes}>${escaped(writeText(shape, value))}</${name}>`;
  }
  if ("named" in shape) return writeElement(shape.named, shape.as, value, attributes);
  if ("attribute" in shape) return "";
  if ("each" in shape) {
    const items = (value as unknown[])
      .map((item) => writeElement(shape.element, shape.each, item))
      .join("");
    return shape.wrapper ? `<${shape.wrapper}>${items}</${shape.wrapper}>` : items;
  }
  const entries = Object.entries(shape.members);
  const given = value as Tree;
  const own = entries.flatMap(([member, inner]) =>
    typeof inner === "object" && "attribute" in inner && given[member] !== undefined
      ? [` ${inner.attribute}="${escaped(String(given[member]))}" ${XSI}`]
      : [],
  );
  const content = entries.map(([member, inner]) => writeElement(member, inner, given[member]));
  return `<${name}${attributes}${own.join("")}>${content.join("")}</${name}>`;
}

function writeText(shape: "text" | "number" | "boolean" | "date", value: unknown): string {
  return shape === "date" && value instanceof Date ? value.toISOString() : String(value);
}

function readValue(found: unknown, shape: Shape): unknown {
  if (typeof shape === "string") return readText(textOf(found), shape);
  if ("named" in shape) return readValue(found, shape.as);
  if ("each" in shape) return asArray(found).map((item) => readValue(item, shape.each));
  if ("attribute" in shape) return undefined;
  const tree: Tree = typeof found === "object" && found !== null ? (found as Tree) : {};
  const value: Tree = {};
  for (const [member, inner] of Object.entries(shape.members)) {
    const seen = readMember(tree, member, inner);
    if (seen !== undefined) value[member] = seen;
  }
  return value;
}

function readMember(tree: Tree, member: string, shape: Shape): unknown {
  if (typeof shape !== "object") {
    const [first] = asArray(tree[member]);
    return first === undefined ? undefined : readValue(first, shape);
  }
  if ("attribute" in shape) {
    const text = tree[`@${shape.attribute.replace(/^.*:/, "")}`];
    return typeof text === "string" ? plain(text) : undefined;
  }
  if ("each" in shape) {
    if (!shape.wrapper)
      return shape.element in tree ? readValue(tree[shape.element], shape) : undefined;
    const [wrapper] = asArray(tree[shape.wrapper]);
    if (wrapper === undefined) return undefined;
    const inside = typeof wrapper === "object" && wrapper !== null ? (wrapper as Tree) : {};
    return readValue(inside[shape.element] ?? [], shape);
  }
  const [first] = asArray(tree["named" in shape ? shape.named : member]);
  return first === undefined ? undefined : readValue(first, shape);
}

function readText(text: string, shape: "text" | "number" | "boolean" | "date"): unknown {
  if (shape === "text") return text;
  const trimmed = text.trim();
  if (shape === "boolean") {
    if (!/^(?:true|false)$/i.test(trimmed)) throw malformedXml();
    return trimmed.toLowerCase() === "true";
  }
  if (shape === "number") {
    if (!/^-?\d{1,16}$/.test(trimmed)) throw malformedXml();
    return Number(trimmed);
  }
  const date = new Date(trimmed);
  if (Number.isNaN(date.getTime())) throw malformedXml();
  return date;
}

function textOf(found: unknown): string {
  if (typeof found === "string") return plain(found);
  const [inner] =
    typeof found === "object" && found !== null ? asArray((found as Tree)["#text"]) : [];
  return typeof inner === "string" ? plain(inner) : "";
}

function plain(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name) return NAMES[name] ?? whole;
    const point = hex ? Number.parseInt(hex, 16) : Number(decimal);
    if (point > 0x10ffff) throw malformedXml();
    return String.fromCodePoint(point);
  });
}

function asArray(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

const NAMESPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"';
const ENTITIES: Record<string, string> = { "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" };
const NAMES: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
