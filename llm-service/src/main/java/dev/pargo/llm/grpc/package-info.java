@NullMarked
package dev.pargo.llm.grpc;

import org.jspecify.annotations.NullMarked;
