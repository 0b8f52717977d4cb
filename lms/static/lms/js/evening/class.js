// The lesson for a whole room. With or without network: the worker keeps it like a learner's.

export function open() {}
