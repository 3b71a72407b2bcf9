// The syntax tree of Flink SQL: what the text says, nothing about what names mean. The parser
// builds it, the binder (plan/) and the printer (sql/printer.h) read it; nobody changes it. Trees
// are at most kMaxTreeHeight high, so recursion over them is safe.
#pragma once

#include "sql/ast_expr.h"
#include "sql/ast_query.h"
#include "sql/ast_statement.h"
