# frozen_string_literal: true
# Loaded before the program (`RUBYOPT=-r…`), so that the program stays what it is: its own `$0`, `DATA`, reports of errors.
#
# One TracePoint sees all lines, calls and ends; events of files that are not traced are left at once. What the recorder uses of Ruby's own
# classes it took under other names before the program began (`kernel.rb`), so that a program that redefines them is
# not called by its own tracer. Not protected: arithmetic of integers.
require_relative 'kernel'
require_relative 'codes'
require_relative 'values'
require_relative 'writer'
require_relative 'recorder'
require_relative 'watched'

WinnowTrace::Recorder.begin(__dir__)
Object.__send__(:remove_const, :WinnowTrace)
