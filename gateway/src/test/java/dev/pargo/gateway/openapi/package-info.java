@org.jspecify.annotations.NullMarked
package dev.pargo.gateway.openapi;
