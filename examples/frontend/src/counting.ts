// 字数 as the backend counts it: the contract's own pattern (openapi/counting.json).
import counting from "./generated/counting.json";

const pattern = new RegExp(counting.pattern, "gu");

export const count = (text: string): number => text.match(pattern)?.length ?? 0;
