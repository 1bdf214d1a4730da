// boost::any by the standard's, for tests of HumanEvalPack.
#pragma once
#include <any>
namespace boost {
using std::any;
using std::any_cast;
}
