package dev.pargo.models.chat.jinja;

/**
 * The value of a variable, an attribute or an item that does not exist. It is false, has no items, and is written as an
 * empty text.
 *
 * @param name for messages
 */
record Undefined(String name) {

    JinjaException missing() {
        return new JinjaException("'%s' is undefined".formatted(name));
    }
}
