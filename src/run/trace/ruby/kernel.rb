# frozen_string_literal: true
# Ruby's own methods as they were before the program began. Aliases in classes of our own stay what they are when the program redefines
# the originals; unbound methods serve for objects of the program.
module WinnowTrace
  class List < Array
    alias get []
    alias put []=
    alias add <<
    alias top last
    alias cut pop
    alias count_all size
    alias shift_some shift
    alias walk each
    alias join_all join
    alias sort_all sort!
    alias take replace
    alias empty empty?
  end

  class Table < Hash
    alias get []
    alias put []=
    alias drop delete
    alias walk each_pair
    alias count_all size
    alias by_identity compare_by_identity
    alias empty_it clear
    alias has key?
  end

  class Text < String
    alias add <<
    alias bytes_all bytesize
  end

  def self.method_of(owner, name) = owner.instance_method(name)

  CLASS = method_of(Kernel, :class)
  SAME = method_of(BasicObject, :equal?)
  IVARS = method_of(Kernel, :instance_variables)
  IVAR_GET = method_of(Kernel, :instance_variable_get)
  INT_TEXT = method_of(Integer, :to_s)
  FLOAT_TEXT = method_of(Float, :to_s)
  FLOAT_NAN = method_of(Float, :nan?)
  FLOAT_INFINITE = method_of(Float, :infinite?)
  SYMBOL_TEXT = method_of(Symbol, :name)
  STRING_EQUAL = method_of(String, :==)
  STRING_SIZE = method_of(String, :size)
  STRING_SLICE = method_of(String, :[])
  STRING_ENCODE = method_of(String, :encode)
  STRING_SCRUB = method_of(String, :scrub)
  STRING_GSUB = method_of(String, :gsub)
  STRING_DUP = method_of(String, :+@)
  STRING_TEXT = method_of(String, :to_s)
  REGEXP_MATCH = method_of(Regexp, :match?)
  REGEXP_SOURCE = method_of(Regexp, :source)
  ARRAY_SIZE = method_of(Array, :size)
  ARRAY_FIRST = method_of(Array, :first)
  ARRAY_AT = method_of(Array, :at)
  HASH_SIZE = method_of(Hash, :size)
  HASH_PAIRS = method_of(Hash, :to_a)
  HASH_WALK = method_of(Hash, :each_pair)
  STRUCT_NAMES = method_of(Struct, :members)
  STRUCT_VALUES = method_of(Struct, :to_a)
  DATA_HASH = defined?(::Data) && ::Data.respond_to?(:define) ? method_of(::Data, :to_h) : nil
  RANGE_BEGIN = method_of(Range, :begin)
  RANGE_END = method_of(Range, :end)
  RANGE_OPEN = method_of(Range, :exclude_end?)
  RATIONAL_TEXT = method_of(Rational, :to_s)
  COMPLEX_TEXT = method_of(Complex, :to_s)
  TIME_TEXT = method_of(Time, :inspect)
  EXCEPTION_TEXT = method_of(Exception, :to_s)
  PROC_PLACE = method_of(Proc, :source_location)
  MODULE_NAME = method_of(Module, :name)
  MODULE_ANCESTORS = method_of(Module, :ancestors)
  MODULE_SINGLETON = method_of(Module, :singleton_class?)
  BINDING_NAMES = method_of(Binding, :local_variables)
  BINDING_GET = method_of(Binding, :local_variable_get)
  IS_A = method_of(Module, :===)
  TOPLEVEL = TOPLEVEL_BINDING.receiver
  IO_WRITE = method_of(IO, :syswrite)
  # Unbound methods take 0.1 µs each, which a line's event cannot afford; so these have other names in their own class.
  %i[path lineno binding event return_value raised_exception defined_class method_id parameters self].each do |name|
    TracePoint.alias_method("winnow_#{name}", name)
  end
  POINT_DISABLE = method_of(TracePoint, :disable)
  CURRENT_FIBER = Fiber.singleton_class.instance_method(:current)
  CURRENT_THREAD = Thread.singleton_class.instance_method(:current)
  CPU_CLOCK = Process.method(:clock_gettime).unbind
  PROCESS_ID = Process.method(:pid).unbind
  CALL = method_of(Proc, :call)
end
